//! How one expectation fares.

use journal::Sequence;

/// Whether an expectation holds, and the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// It holds.
    pub holds: bool,
    /// It can only be judged at the end of the run (telemetry).
    pub deferred: bool,
    /// What should be.
    pub expected: String,
    /// What is.
    pub actual: String,
    /// The events that match, or came closest.
    pub evidence: Vec<Sequence>,
}

impl Outcome {
    pub(crate) fn new(holds: bool, expected: String, actual: String, evidence: Vec<Sequence>) -> Self {
        Self {
            holds,
            deferred: false,
            expected,
            actual,
            evidence,
        }
    }
}
