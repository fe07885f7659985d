//! A case ready to be played: nothing left to replace, preludes put in place.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{PlacedExpectation, Step, Tolerance};
use crate::yaml::Node;
use crate::{Located, Location};

/// What a run plays and is judged by.
#[derive(Clone, Debug)]
pub struct Play {
    /// The case's id.
    pub id: String,
    /// What must hold, in a sentence.
    pub title: String,
    /// Where the scenario is written.
    pub location: Location,
    /// How the mocks behave from the start: mock to direction.
    pub stage: BTreeMap<String, Value>,
    /// Faults that the gateway applies from the start.
    pub faults: Vec<Value>,
    /// Further hosts, served by stubs.
    pub stubs: Vec<Value>,
    /// Invariants the scenario breaks on purpose.
    pub tolerate: Vec<Located<Tolerance>>,
    /// Values of the world's switches, where not the default.
    pub switches: BTreeMap<String, String>,
    /// What is done, in order, preludes included.
    pub steps: Vec<PlacedStep>,
    pub(crate) tree: Node,
}

/// A step of a [`Play`].
#[derive(Clone, Debug)]
pub struct PlacedStep {
    /// Number within the play, from 0.
    pub index: usize,
    /// The step. Never [`Step::Use`].
    pub step: Step,
    /// The step in words, as a person would say it. What the world knows of people stands in it by name
    /// (`‹persona.password›`): titles are shown where values must not be.
    pub title: String,
    /// Where it stands: in the prelude's file for a step of a prelude.
    pub location: Location,
    /// The prelude it comes from.
    pub from_prelude: Option<String>,
    pub(crate) tree: Node,
}

impl Play {
    /// Where a part of the scenario's head stands, by member names and item numbers: `["stage", "crm-embed"]`. As far
    /// as the path exists.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Location {
        self.tree.reach(path).location()
    }
}

impl PlacedStep {
    /// The expectations of an expect step; none for any other.
    #[must_use]
    pub fn expectations(&self) -> &[PlacedExpectation] {
        match &self.step {
            Step::Expect(expectations) => expectations,
            _ => &[],
        }
    }

    /// Where a part of the step stands, by member names and item numbers: `["stage", "crm-embed", "embed-ready"]`. As
    /// far as the path exists.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Location {
        self.tree.reach(path).location()
    }
}
