//! Facts that the runner tells: phases, steps, observations, answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Location, Sequence};

/// The world is up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldUp {
    /// The world's name.
    pub world: String,
    /// Origin by name.
    pub origins: BTreeMap<String, String>,
    /// Value of each switch.
    pub switches: BTreeMap<String, String>,
}

/// The five phases of a run, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseName {
    /// World and browser context are made.
    Prepare,
    /// Steps are played.
    Drive,
    /// The page is left and the world comes to rest.
    Settle,
    /// The journal is judged.
    Judge,
    /// Files are written.
    Publish,
}

/// A phase that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Which.
    pub name: PhaseName,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome", content = "reason")]
pub enum StepOutcome {
    /// It was done.
    Done,
    /// The product did not let it happen: the element never came, stayed disabled, was covered.
    Blocked(String),
    /// The harness or the browser could not do it.
    Broken(String),
}

/// A step of the scenario that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Number within the run, from 0, preludes included.
    pub index: usize,
    /// The step in words, as a person would say it.
    pub title: String,
    /// Where it stands.
    pub location: Option<Location>,
    /// How it ended.
    #[serde(flatten)]
    pub outcome: StepOutcome,
    /// Sequence of the journal when it began.
    pub began_after: Sequence,
    /// Sequence of the journal that its expectations were decided on; none for other steps. The verdict judges the same
    /// events: what came a moment later would make it another verdict than the one by which the run went on or ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Sequence>,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}

/// What the page showed when an expectation looked; judged later by the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Which expectation: its place in the expanded scenario, `steps[4].expect[1]`.
    pub expectation: String,
    /// What was seen, in the shape that the expectation's kind asks for.
    pub seen: Value,
}

/// The world came to rest: nothing in flight, every frame idle, all messages delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// How many rounds it took.
    pub rounds: u32,
    /// What was still moving when the deadline passed; empty where it really came to rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restless: Vec<String>,
}

/// The world's clock was advanced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockMoved {
    /// By how much, in milliseconds.
    pub by_ms: i64,
    /// Timers that fired in pages on the way.
    pub timers: u64,
}

/// Mocks were told to behave in another way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Staged {
    /// Mock, `fault` or `switch`.
    pub subject: String,
    /// The direction as written in the scenario.
    pub direction: Value,
}

/// A point in the run that expectations can refer to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Its name.
    pub name: String,
}

/// A screenshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Screenshot {
    /// File name within the scenario's folder.
    pub file: String,
    /// Number of the step after which it was taken.
    pub step: usize,
}

/// An answer to an open question, read off this run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's id.
    pub question: String,
    /// The case this run is: column name to value.
    pub case: BTreeMap<String, String>,
    /// What was observed: column name to value.
    pub observed: BTreeMap<String, String>,
}
