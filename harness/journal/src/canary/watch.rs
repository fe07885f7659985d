//! The watch: all canaries of a run, found and replaced in any text.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::decode::{base64_runs, inflate_by_magic};
use super::pseudonym::{self, reveal, standing_for};
use super::wrapping::Wrapping;
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
    /// Which canary a pseudonym stands for.
    known: HashMap<String, usize>,
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
            known: HashMap::new(),
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
        self.known.insert(pseudonym.clone(), self.canaries.len());
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
        let digest = hex::encode(hasher.finalize());
        // Two values never have one name: what differs would look alike.
        (4..=digest.len())
            .map(|digits| format!("‹{}~{}›", canary.kind, &digest[..digits]))
            .find(|pseudonym| !self.known.contains_key(pseudonym))
            .unwrap_or_default()
    }

    /// A text with the values in place of their pseudonyms; nothing where there is none. See [`reveal`].
    pub(crate) fn reveal(&self, text: &str) -> Option<String> {
        reveal(text, &|pseudonym: &str| {
            let (canary, _) = &self.canaries[*self.known.get(pseudonym)?];
            Some(canary.value.as_str())
        })
    }

    /// The values on the watch, for a test that searches a run directory for them.
    pub(crate) fn canaries(&self) -> Vec<Canary> {
        self.canaries.iter().map(|(canary, _)| canary.clone()).collect()
    }

    /// Replaces every canary in a JSON value and tells where each stood. A number that is one becomes a text.
    pub(crate) fn redact(&self, value: &mut Value) -> Vec<Sighting> {
        self.redact_all(value, Numbers::Searched)
    }

    /// The same for a value whose numbers are none of a page's, but counts and sizes.
    pub(crate) fn redact_texts(&self, value: &mut Value) -> Vec<Sighting> {
        self.redact_all(value, Numbers::LeftAlone)
    }

    fn redact_all(&self, value: &mut Value, numbers: Numbers) -> Vec<Sighting> {
        let mut seen = BTreeSet::new();
        if self.search().is_some() {
            let mut place = String::new();
            self.walk(value, &mut place, &mut seen, numbers);
        }
        seen.into_iter().collect()
    }

    fn walk(&self, value: &mut Value, place: &mut String, seen: &mut BTreeSet<Sighting>, numbers: Numbers) {
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
                    self.walk(item, place, seen, numbers);
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
                    self.walk(member, place, seen, numbers);
                    place.truncate(length);
                }
                for (name, redacted) in renamed {
                    if let Some(member) = members.remove(&name) {
                        members.insert(redacted, member);
                    }
                }
            }
            Value::Number(number) if numbers == Numbers::Searched => {
                let digits = number.to_string();
                let whole = self.canaries.iter().find(|(canary, _)| canary.value == digits);
                if let Some((canary, pseudonym)) = whole {
                    seen.insert(Sighting {
                        canary: canary.kind.clone(),
                        pseudonym: pseudonym.clone(),
                        place: place.clone(),
                        encoding: Encoding::Plain,
                    });
                    *value = Value::from(pseudonym.as_str());
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
        self.replace_base64(text, place, seen, depth).or_else(|| {
            Wrapping::ALL
                .into_iter()
                .find_map(|wrapping| self.replace_wrapped(text, wrapping, place, seen, depth))
        })
    }

    /// Whether a text has a canary without being unwrapped.
    fn stands_in(&self, text: &str) -> bool {
        self.search()
            .is_some_and(|search| search.automaton.is_match(text))
    }

    fn replace_shapes(&self, text: &str, place: &str, seen: &mut BTreeSet<Sighting>) -> Option<String> {
        let Search { automaton, shapes } = self.search()?;
        let mut redacted = String::new();
        let mut copied = 0;
        for found in automaton.find_iter(text) {
            let (index, encoding) = shapes[found.pattern().as_usize()];
            let (canary, pseudonym) = &self.canaries[index];
            redacted.push_str(&text[copied..found.start()]);
            let stood = &text[found.range()];
            redacted.push_str(&standing_for(canary, pseudonym, stood, encoding));
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

    /// Looks into what a wrapped text may say. A canary in it replaces the part of the text that hides it, so that the
    /// rest means what it meant; where it reaches beyond one part, the whole text.
    fn replace_wrapped(
        &self,
        text: &str,
        wrapping: Wrapping,
        place: &str,
        seen: &mut BTreeSet<Sighting>,
        depth: u8,
    ) -> Option<String> {
        let whole = self.hidden(text, wrapping, place, depth)?;
        let mut parts = wrapping.parts(text).into_iter();
        let part =
            parts.find_map(|part| Some((self.hidden(&text[part.clone()], wrapping, place, depth)?, part)));
        let (replaced, inside) = match part {
            Some((hidden, part)) => {
                let again =
                    (0..hidden.times).fold(hidden.text, |text, _| pseudonym::wrapped(wrapping, &text));
                (
                    [&text[..part.start], &again, &text[part.end..]].concat(),
                    hidden.inside,
                )
            }
            None => {
                let marked = (0..whole.times).fold(whole.text, |text, _| pseudonym::marked(wrapping, &text));
                (marked, whole.inside)
            }
        };
        let encoding = wrapping.encoding();
        seen.extend(inside.into_iter().map(|sighting| wrapped(sighting, encoding)));
        Some(replaced)
    }

    /// The first reading of a wrapped text that has a canary.
    fn hidden(&self, text: &str, wrapping: Wrapping, place: &str, depth: u8) -> Option<Hidden> {
        let mut readings = wrapping.readings(text);
        // Before those that would have to be unwrapped further, the reading that has it as it is.
        readings.sort_by_key(|reading| !self.stands_in(&reading.text));
        readings.into_iter().find_map(|reading| {
            let mut inside = BTreeSet::new();
            let text = self.redact_text(&reading.text, place, &mut inside, depth - 1)?;
            Some(Hidden {
                times: reading.times,
                text,
                inside,
            })
        })
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
            let _ = write!(redacted, "‹{} of {inner}›", encoding.word());
            copied = run.end;
        }
        (copied > 0).then(|| {
            redacted.push_str(&text[copied..]);
            redacted
        })
    }
}

/// What a wrapped text hides.
struct Hidden {
    /// How often it was wrapped.
    times: usize,
    /// What it says, redacted.
    text: String,
    inside: BTreeSet<Sighting>,
}

/// Whether numbers are searched too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    Searched,
    LeftAlone,
}

fn wrapped(mut sighting: Sighting, by: Encoding) -> Sighting {
    if sighting.encoding == Encoding::Plain || by == Encoding::Compressed {
        sighting.encoding = by;
    }
    sighting
}
