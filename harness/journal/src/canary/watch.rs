//! The watch: all canaries of a run, found and replaced in any text.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::decode::{base64_runs, inflate_by_magic, json_unescaped, percent_readings};
use super::{Canary, Encoding, SHORTEST, Sighting, encodings_of};

/// How often a wrapped text is unwrapped: base64 in JSON in base64 is three.
const DEPTH: u8 = 3;

/// How often a text is read again after a find.
const READINGS: usize = 8;

/// Texts longer than this are not searched by decoding, only directly: bulk content, not an identifier.
const LARGEST_DECODED: usize = 2 * 1024 * 1024;

/// All canaries of a run.
pub(crate) struct Watch {
    salt: [u8; 16],
    canaries: Vec<(Canary, String)>,
    /// Built when a text is looked at, because canaries are added by the dozen before that.
    search: OnceLock<Option<Search>>,
}

/// What finds every canary in every encoding.
struct Search {
    automaton: AhoCorasick,
    /// Which canary, and how encoded, each pattern is.
    shapes: Vec<(usize, Encoding)>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values stay out of logs.
        write!(formatter, "Watch({} canaries)", self.canaries.len())
    }
}

impl Watch {
    /// A watch without canaries; pseudonyms follow from the seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut salt = [0; 16];
        salt.copy_from_slice(&Sha256::digest(seed.to_le_bytes())[..16]);
        Self {
            salt,
            canaries: Vec::new(),
            search: OnceLock::new(),
        }
    }

    /// Adds a canary; too short and known values change nothing.
    pub(crate) fn add(&mut self, canary: Canary) {
        if canary.value.len() < SHORTEST || self.canaries.iter().any(|(known, _)| known.value == canary.value)
        {
            return;
        }
        let pseudonym = self.pseudonym(&canary);
        self.canaries.push((canary, pseudonym));
        self.search = OnceLock::new();
    }

    /// The search over all canaries, or nothing where there is none.
    fn search(&self) -> Option<&Search> {
        let build = || {
            let mut patterns = Vec::new();
            let mut shapes = Vec::new();
            for (index, (canary, _)) in self.canaries.iter().enumerate() {
                for (encoding, shape) in encodings_of(&canary.value) {
                    patterns.push(shape);
                    shapes.push((index, encoding));
                }
            }
            let automaton = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostLongest)
                .build(patterns)
                .ok()?;
            (!shapes.is_empty()).then_some(Search { automaton, shapes })
        };
        self.search.get_or_init(build).as_ref()
    }

    fn pseudonym(&self, canary: &Canary) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.salt);
        hasher.update(canary.kind.as_bytes());
        hasher.update([0]);
        hasher.update(canary.value.as_bytes());
        let digest = hasher.finalize();
        format!("‹{}~{:02x}{:02x}›", canary.kind, digest[0], digest[1])
    }

    /// The values on the watch, for a test that searches a run directory for them.
    pub(crate) fn canaries(&self) -> Vec<Canary> {
        self.canaries.iter().map(|(canary, _)| canary.clone()).collect()
    }

    /// Replaces every canary in a JSON value and tells where each stood.
    pub(crate) fn redact(&self, value: &mut Value) -> Vec<Sighting> {
        let mut seen = BTreeSet::new();
        if self.search().is_some() {
            let mut place = String::new();
            self.walk(value, &mut place, &mut seen);
        }
        seen.into_iter().collect()
    }

    fn walk(&self, value: &mut Value, place: &mut String, seen: &mut BTreeSet<Sighting>) {
        let length = place.len();
        match value {
            Value::String(text) => {
                if let Some(redacted) = self.redact_text(text, place, seen, DEPTH) {
                    *text = redacted;
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let _ = write!(place, "/{index}");
                    self.walk(item, place, seen);
                    place.truncate(length);
                }
            }
            Value::Object(members) => {
                let mut renamed = Vec::new();
                for (name, member) in members.iter_mut() {
                    let mut inside = BTreeSet::new();
                    let redacted = self.redact_text(name, "", &mut inside, DEPTH);
                    // The place is written down too: it leads there by the name that is left.
                    let left = redacted.as_deref().unwrap_or(name);
                    let _ = write!(place, "/{}", left.replace('~', "~0").replace('/', "~1"));
                    seen.extend(inside.into_iter().map(|sighting| Sighting {
                        place: place.clone(),
                        ..sighting
                    }));
                    renamed.extend(redacted.map(|redacted| (name.clone(), redacted)));
                    self.walk(member, place, seen);
                    place.truncate(length);
                }
                for (name, redacted) in renamed {
                    if let Some(member) = members.remove(&name) {
                        members.insert(redacted, member);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The text with every canary replaced, or nothing where there was none.
    fn redact_text(
        &self,
        text: &str,
        place: &str,
        seen: &mut BTreeSet<Sighting>,
        depth: u8,
    ) -> Option<String> {
        if text.len() < SHORTEST {
            return None;
        }
        let mut redacted = self.replace_shapes(text, place, seen);
        // Different parts of a text may be wrapped in different ways: after each find it is read again.
        for _ in 0..READINGS {
            let current = redacted.as_deref().unwrap_or(text);
            if depth == 0 || current.len() > LARGEST_DECODED {
                break;
            }
            let Some(further) = self.unwrap_once(current, place, seen, depth) else {
                break;
            };
            redacted = Some(further);
        }
        redacted
    }

    /// The text with what the first wrapping hides replaced that hides anything.
    fn unwrap_once(
        &self,
        text: &str,
        place: &str,
        seen: &mut BTreeSet<Sighting>,
        depth: u8,
    ) -> Option<String> {
        self.replace_base64(text, place, seen, depth)
            .or_else(|| {
                percent_readings(text)
                    .iter()
                    .find_map(|reading| self.replace_unwrapped(reading, Encoding::Url, place, seen, depth))
            })
            .or_else(|| {
                let plain = json_unescaped(text)?;
                self.replace_unwrapped(&plain, Encoding::JsonEscaped, place, seen, depth)
            })
    }

    fn replace_shapes(&self, text: &str, place: &str, seen: &mut BTreeSet<Sighting>) -> Option<String> {
        let Search { automaton, shapes } = self.search()?;
        let mut redacted = String::new();
        let mut copied = 0;
        for found in automaton.find_iter(text) {
            let (index, encoding) = shapes[found.pattern().as_usize()];
            let (canary, pseudonym) = &self.canaries[index];
            redacted.push_str(&text[copied..found.start()]);
            redacted.push_str(pseudonym);
            copied = found.end();
            seen.insert(Sighting {
                canary: canary.kind.clone(),
                pseudonym: pseudonym.clone(),
                place: place.to_owned(),
                encoding,
            });
        }
        (copied > 0).then(|| {
            redacted.push_str(&text[copied..]);
            redacted
        })
    }

    /// Looks into an unwrapped reading of the text; a canary in it replaces the text by that reading.
    fn replace_unwrapped(
        &self,
        unwrapped: &str,
        encoding: Encoding,
        place: &str,
        seen: &mut BTreeSet<Sighting>,
        depth: u8,
    ) -> Option<String> {
        let mut inside = BTreeSet::new();
        let redacted = self.redact_text(unwrapped, place, &mut inside, depth - 1)?;
        seen.extend(inside.into_iter().map(|sighting| wrapped(sighting, encoding)));
        Some(redacted)
    }

    /// Looks into runs of base64, compressed ones too; a run with a canary is replaced whole.
    fn replace_base64(
        &self,
        text: &str,
        place: &str,
        seen: &mut BTreeSet<Sighting>,
        depth: u8,
    ) -> Option<String> {
        let mut redacted = String::new();
        let mut copied = 0;
        for run in base64_runs(text) {
            let (plain, encoding) = match inflate_by_magic(&run.plain) {
                Some(inflated) => (inflated, Encoding::Compressed),
                None => (run.plain, Encoding::Base64),
            };
            let Ok(plain) = String::from_utf8(plain) else {
                continue;
            };
            let mut inside = BTreeSet::new();
            let Some(inner) = self.redact_text(&plain, place, &mut inside, depth - 1) else {
                continue;
            };
            seen.extend(inside.into_iter().map(|sighting| wrapped(sighting, encoding)));
            redacted.push_str(&text[copied..run.start]);
            let _ = write!(
                redacted,
                "‹{} of {inner}›",
                if encoding == Encoding::Compressed {
                    "compressed"
                } else {
                    "base64"
                }
            );
            copied = run.end;
        }
        (copied > 0).then(|| {
            redacted.push_str(&text[copied..]);
            redacted
        })
    }
}

fn wrapped(mut sighting: Sighting, by: Encoding) -> Sighting {
    if sighting.encoding == Encoding::Plain || by == Encoding::Compressed {
        sighting.encoding = by;
    }
    sighting
}
