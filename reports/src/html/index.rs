//! The part of the report that is read at once: the run, its scenarios, requirements and answers.

use std::path::Path;

use journal::run::{EngineRecord, RunManifest, ScenarioRecord, Summary, Verdict};
use serde::Serialize;
use serde_json::Value;

use super::questions::Question;
use super::trim;
use crate::history::{PastRun, history};
use crate::junit::area_of;

/// Texts of the manifest are cut here; they are findings and reasons, not bodies.
const LONGEST_TEXT: usize = 16 * 1024;

/// How many earlier runs are shown.
const PAST_RUNS: usize = 30;

/// What a scenario's journal adds to its record.
#[derive(Debug, Default, Serialize)]
pub(super) struct Extent {
    /// Number of events.
    pub(super) events: usize,
    /// What is missing.
    pub(super) notes: Vec<String>,
}

/// The screenshots of a run.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Pictures {
    /// How many there are.
    pub(super) count: usize,
    /// What they take together.
    pub(super) bytes: u64,
    /// Whether they are in the page, or files beside it.
    pub(super) inside: bool,
}

#[derive(Serialize)]
struct Index<'run> {
    run: Run<'run>,
    scenarios: Vec<Value>,
    requirements: Value,
    questions: Vec<Question>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Past>,
}

#[derive(Serialize)]
struct Run<'run> {
    id: &'run str,
    seed: u64,
    began_ms: u64,
    duration_ms: u64,
    harness: &'run str,
    engines: &'run [EngineRecord],
    pristine: bool,
    interrupted: bool,
    served: &'run std::collections::BTreeMap<String, String>,
    summary: &'run Summary,
    fidelity: &'run [String],
    screenshots: Pictures,
}

#[derive(Serialize)]
struct Past {
    runs: Vec<PastRun>,
    /// What differs from the newest earlier run.
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct Change {
    scenario: usize,
    before: Verdict,
}

/// The index as JSON.
pub(super) fn json(
    manifest: &RunManifest,
    extents: &[Extent],
    questions: Vec<Question>,
    screenshots: Pictures,
    runs: Option<&Path>,
) -> Result<String, serde_json::Error> {
    let mut scenarios = Vec::with_capacity(manifest.scenarios.len());
    for (place, scenario) in manifest.scenarios.iter().enumerate() {
        scenarios.push(record(scenario, extents.get(place))?);
    }
    let mut requirements = serde_json::to_value(&manifest.requirements)?;
    trim::texts(&mut requirements, LONGEST_TEXT);
    serde_json::to_string(&Index {
        run: Run {
            id: &manifest.id,
            seed: manifest.seed,
            began_ms: manifest.began_ms,
            duration_ms: manifest.duration_ms,
            harness: &manifest.harness,
            engines: &manifest.engines,
            pristine: manifest.pristine,
            interrupted: manifest.interrupted,
            served: &manifest.served,
            summary: &manifest.summary,
            fidelity: &manifest.fidelity,
            screenshots,
        },
        scenarios,
        requirements,
        questions,
        history: runs.map(|runs| past(manifest, runs)),
    })
}

fn record(scenario: &ScenarioRecord, extent: Option<&Extent>) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(scenario)?;
    trim::texts(&mut value, LONGEST_TEXT);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("area".to_owned(), area_of(&scenario.id).into());
        if let Some(extent) = extent {
            fields.insert("events".to_owned(), extent.events.into());
            fields.insert("notes".to_owned(), serde_json::to_value(&extent.notes)?);
        }
    }
    Ok(value)
}

fn past(manifest: &RunManifest, runs: &Path) -> Past {
    let mut runs = history(runs, PAST_RUNS + 1);
    runs.retain(|run| run.id != manifest.id && run.began_ms <= manifest.began_ms);
    runs.truncate(PAST_RUNS);
    let changes = runs.first().map_or_else(Vec::new, |newest| {
        let before = newest.verdicts();
        manifest
            .scenarios
            .iter()
            .enumerate()
            .filter_map(|(place, scenario)| {
                let key = (scenario.id.as_str(), scenario.engine.as_str(), scenario.repeat);
                let before = *before.get(&key)?;
                (before != scenario.verdict).then_some(Change {
                    scenario: place,
                    before,
                })
            })
            .collect()
    });
    Past { runs, changes }
}
