//! What the verdict says when a promise was broken.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Sequence;

/// A place in a file of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// Path, relative to the folder the harness was started in where possible.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One broken promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule: `expect` for a scenario's own expectation, else the invariant's id (`ALL-03`).
    pub rule: String,
    /// What is wrong, in one sentence.
    pub title: String,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub actual: String,
    /// The journal's events it rests on.
    pub evidence: Vec<Sequence>,
    /// The line of the scenario that asked for it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}
