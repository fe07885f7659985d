//! Earlier runs, from the folders beside this one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use journal::run::{EngineRecord, FORMAT_VERSION, Summary, Verdict};
use serde::{Deserialize, Serialize};

/// What is worth knowing of an earlier run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastRun {
    /// [`FORMAT_VERSION`] of the writer.
    #[serde(skip_serializing)]
    pub format_version: u64,
    /// Name of the run.
    pub id: String,
    /// When it began: milliseconds since the Unix epoch.
    pub began_ms: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether it was ended early.
    #[serde(default)]
    pub interrupted: bool,
    /// Engines it ran in.
    pub engines: Vec<EngineRecord>,
    /// Counts by verdict.
    pub summary: Summary,
    /// How each scenario ended.
    #[serde(skip_serializing)]
    scenarios: Vec<PastScenario>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct PastScenario {
    id: String,
    engine: String,
    #[serde(default)]
    repeat: u32,
    verdict: Verdict,
}

impl PastRun {
    /// How each scenario ended, by id, engine and repeat.
    #[must_use]
    pub fn verdicts(&self) -> BTreeMap<(&str, &str, u32), Verdict> {
        self.scenarios
            .iter()
            .map(|scenario| {
                (
                    (scenario.id.as_str(), scenario.engine.as_str(), scenario.repeat),
                    scenario.verdict,
                )
            })
            .collect()
    }
}

/// The runs in a folder of run directories, newest first, at most `limit` of them.
///
/// Folders that hold no readable manifest of this format are passed over: they are not part of the history.
#[must_use]
pub fn history(runs: &Path, limit: usize) -> Vec<PastRun> {
    let Ok(entries) = std::fs::read_dir(runs) else {
        return Vec::new();
    };
    let mut all: Vec<PastRun> = entries
        .flatten()
        // `latest` is a link to one of the others.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| {
            let file = File::open(entry.path().join("run.json")).ok()?;
            serde_json::from_reader::<_, PastRun>(BufReader::new(file)).ok()
        })
        .filter(|run| run.format_version == FORMAT_VERSION)
        .collect();
    all.sort_by(|one, other| (other.began_ms, &other.id).cmp(&(one.began_ms, &one.id)));
    all.truncate(limit);
    all
}
