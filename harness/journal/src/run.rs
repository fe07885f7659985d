//! The run directory: what is in it, where, and in which format.
//!
//! ```text
//! reports/runs/<id>/
//!   run.json                      manifest and results (RunManifest)
//!   report.html  junit.xml        made by the reports room
//!   <scenario>/<engine>/          one folder a scenario and engine (folder_of)
//!     events.jsonl                the journal
//!     trace.har                   made by the reports room
//!     step-003.png                screenshots
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::fact::PhaseName;
use crate::{Error, Finding, Location};

/// Version of the run directory's format; raised when a reader would misunderstand it.
pub const FORMAT_VERSION: u64 = 2;

/// `run.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunManifest {
    /// [`FORMAT_VERSION`] of the writer.
    pub format_version: u64,
    /// Name of the run, and of its folder.
    pub id: String,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// When it began: milliseconds since the Unix epoch.
    pub began_ms: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Version of the harness.
    pub harness: String,
    /// Engines it ran in, with the browser's version.
    pub engines: Vec<EngineRecord>,
    /// Whether page instrumentation was left out.
    pub pristine: bool,
    /// Whether the run was ended early, by a signal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// Who served each origin that was not served as the world says: origin to target.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub served: BTreeMap<String, String>,
    /// Counts by verdict.
    pub summary: Summary,
    /// Every way in which this differs from a stock browser, by name and reason.
    pub fidelity: Vec<String>,
    /// One entry a scenario, engine and repeat, in catalogue order.
    pub scenarios: Vec<ScenarioRecord>,
    /// The requirement table at the time of the run.
    #[serde(default)]
    pub requirements: Vec<RequirementRecord>,
}

/// A browser the run used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineRecord {
    /// `chromium` or `firefox`.
    pub name: String,
    /// The browser's own version.
    pub version: String,
}

/// Counts by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Promises kept.
    pub passed: usize,
    /// Promises broken by the product.
    pub failed: usize,
    /// Harness, driver or browser faults.
    pub broken: usize,
    /// Not run, with a reason.
    pub skipped: usize,
    /// Passed after a failure.
    pub flaky: usize,
}

/// How a scenario ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every promise was kept.
    Passed,
    /// The product broke a promise.
    Failed,
    /// The harness, the driver or the browser failed.
    Broken,
    /// It was not run.
    Skipped,
    /// It failed, was run again because retries were asked for, and passed.
    Flaky,
}

/// One run of one scenario in one engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// `area/name`, with `[variant=value]`.
    pub id: String,
    /// The scenario's title.
    pub title: String,
    /// The engine.
    pub engine: String,
    /// Which repeat it is, from 1.
    pub repeat: u32,
    /// How it ended.
    pub verdict: Verdict,
    /// How often it was played.
    pub attempts: u32,
    /// How long the last attempt took, in milliseconds.
    pub duration_ms: u64,
    /// How long each phase of the last attempt took, in milliseconds.
    pub phases_ms: BTreeMap<PhaseName, f64>,
    /// Requirements it covers.
    pub covers: Vec<String>,
    /// Where it is written.
    pub location: Location,
    /// What to type to play it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
    /// Why it was skipped or broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Broken promises.
    pub findings: Vec<Finding>,
    /// Folder with its journal, relative to the run directory; none when it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Earlier attempts that another replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierAttempt>,
}

/// An attempt that another replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierAttempt {
    /// How it ended: failed or broken.
    pub verdict: Verdict,
    /// Its findings, or why it broke.
    pub reason: String,
    /// Folder with its journal and pictures, relative to the run directory; none where it came to no journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

/// One requirement, with what covers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementRecord {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its area.
    pub area: String,
    /// Who keeps it: `front-end`, `mock` or `harness`.
    pub owner: String,
    /// Scenario files that cover it.
    pub scenarios: Vec<String>,
    /// Sabotages that prove the check, by way of the scenarios they kill.
    pub sabotages: Vec<String>,
}

impl RunManifest {
    /// Reads `run.json` of a run directory.
    ///
    /// # Errors
    /// It cannot be read, is no manifest, or has another format version.
    pub fn read(directory: &Path) -> Result<Self, Error> {
        let path = directory.join("run.json");
        let text = std::fs::read_to_string(&path).map_err(|source| Error::File {
            attempt: "read",
            path: path.clone(),
            source,
        })?;
        let line = |error: serde_json::Error| Error::Line {
            path: path.clone(),
            line: error.line(),
            reason: error.to_string(),
        };
        let value: serde_json::Value = serde_json::from_str(&text).map_err(line)?;
        match value.get("format_version").and_then(serde_json::Value::as_u64) {
            Some(FORMAT_VERSION) => serde_json::from_value(value).map_err(line),
            Some(found) => Err(Error::FormatVersion { path, found }),
            None => Err(Error::Line {
                path,
                line: 1,
                reason: "it has no `format_version`".to_owned(),
            }),
        }
    }

    /// Writes `run.json` into a run directory, whole or not at all.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, directory: &Path) -> Result<(), Error> {
        let path = directory.join("run.json");
        let file = |source| Error::File {
            attempt: "write",
            path: path.clone(),
            source,
        };
        let text = serde_json::to_string_pretty(self).map_err(|error| file(error.into()))?;
        let draft = directory.join("run.json.draft");
        std::fs::write(&draft, text + "\n").map_err(file)?;
        std::fs::rename(&draft, &path).map_err(file)
    }
}

impl Summary {
    /// Counts one more.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed => self.failed += 1,
            Verdict::Broken => self.broken += 1,
            Verdict::Skipped => self.skipped += 1,
            Verdict::Flaky => self.flaky += 1,
        }
    }
}

/// The folder of a scenario's run, relative to the run directory, safe on every file system. No two scenarios share one, not even
/// where letter case is ignored.
#[must_use]
pub fn folder_of(scenario: &str, engine: &str, repeat: u32) -> PathBuf {
    let mut folder: PathBuf = scenario.split('/').map(file_name).collect();
    folder.push(if repeat > 1 {
        format!("{engine}-{repeat}")
    } else {
        engine.to_owned()
    });
    folder
}

/// A part of an id as the name of a folder: what is plain stays as it is, `Sign out` becomes `+sign~20out`.
fn file_name(part: &str) -> String {
    /// Room for what is appended; file systems take 255 bytes.
    const LONGEST: usize = 200;
    let mut name = String::with_capacity(part.len());
    for (at, character) in part.char_indices() {
        // Some systems drop a dot at the end, and `..` leads out of the folder.
        let ends = at + character.len_utf8() == part.len();
        match character {
            '.' if ends => name.push_str("~2e"),
            'a'..='z' | '0'..='9' | '-' | '_' | '.' | '=' | ',' | '[' | ']' => name.push(character),
            'A'..='Z' => name.extend(['+', character.to_ascii_lowercase()]),
            _ => {
                let mut bytes = [0; 4];
                name.extend(
                    character
                        .encode_utf8(&mut bytes)
                        .bytes()
                        .map(|byte| format!("~{byte:02x}")),
                );
            }
        }
    }
    if name.is_empty() {
        // No other name is this one.
        name.push('~');
    }
    if name.len() > LONGEST {
        // Cut, it would be the name of others too: FNV-1a tells them apart.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        name.truncate(LONGEST);
        name.push_str(&format!("~~{hash:016x}"));
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_plain_id_is_its_folder() {
        let id = "ticket/spoofed-ready[kind=a_b,sender=crm.suffix]";
        assert_eq!(folder_of(id, "chromium", 1), Path::new(id).join("chromium"));
        assert_eq!(folder_of(id, "firefox", 2), Path::new(id).join("firefox-2"));
    }

    #[test]
    fn no_two_ids_share_a_folder_whatever_their_variants_and_whatever_the_file_system_makes_of_letter_case() {
        let long = "x".repeat(300);
        let values = [
            "+",
            "*",
            "~",
            "_",
            "a b",
            "a_b",
            "a~20b",
            "a+b",
            "Yes",
            "yes",
            "YES",
            "+yes",
            "Ä",
            "ä",
            "\\",
            ":",
            ".",
            "..",
            "...",
            "",
            "a.",
            "a",
            "~2e",
            &long,
            &format!("{long}x"),
        ];
        let mut folders = BTreeSet::new();
        for value in values {
            for id in [format!("demo/one[x={value}]"), format!("demo/{value}")] {
                let folder = folder_of(&id, "chromium", 1).to_string_lossy().to_lowercase();
                let parts: Vec<&str> = folder.split('/').collect();
                assert_eq!(parts.len(), 3, "{folder}");
                for part in parts {
                    assert!(part.len() < 256 && !part.ends_with(['.', ' ']), "{folder}");
                    assert!(
                        !part.contains(['\\', ':', '*', '?', '"', '<', '>', '|']),
                        "{folder}"
                    );
                }
                assert!(folders.insert(folder.clone()), "{folder}");
            }
        }
    }
}
