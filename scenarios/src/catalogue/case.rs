//! One run of a scenario.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::expand::expand;
use super::scenario::{ScenarioFile, without};
use crate::model::{CookiePolicy, Engine, Scenario, Step};
use crate::text::{Said, within_scope, within_world};
use crate::yaml::{Kind, Node, read};
use crate::{Diagnostic, Location, PlacedStep, Play};

/// One run of a scenario: the scenario under one combination of its variants.
#[derive(Clone, Debug)]
pub struct Case {
    /// `area/name`, with `[variant=value]`.
    pub id: String,
    /// `area/name`.
    pub name: String,
    /// The area: the folder its file lies in.
    pub area: String,
    /// What must hold, in a sentence.
    pub title: String,
    /// Why it matters.
    pub description: Option<String>,
    /// Ids of the requirements it proves.
    pub covers: Vec<String>,
    /// The world it plays in.
    pub world: String,
    /// Who signs in.
    pub persona: Option<String>,
    /// Values of the world's switches, where not the default.
    pub switches: BTreeMap<String, String>,
    /// Variant to what goes into the id.
    pub variant: BTreeMap<String, String>,
    /// Third-party-cookie policy it needs.
    pub third_party_cookies: Option<CookiePolicy>,
    /// Engines it can run in; any where absent.
    pub engines: Option<Vec<Engine>>,
    /// Path of its file.
    pub file: PathBuf,
    /// Where it is written: its first line.
    pub location: Location,
    scenario: Arc<ScenarioFile>,
    number: usize,
}

impl Case {
    /// The cases of a scenario's file.
    pub(super) fn all_of(file: &Arc<ScenarioFile>) -> Vec<Self> {
        file.combinations
            .iter()
            .enumerate()
            .map(|(number, (combination, scenario))| {
                let location = file.tree.place.location();
                Self {
                    id: format!("{}{}", file.name, combination.suffix()),
                    name: file.name.clone(),
                    area: file.area.clone(),
                    title: scenario.title.clone(),
                    description: scenario.description.clone(),
                    covers: scenario.covers.iter().map(|id| id.value.clone()).collect(),
                    world: scenario.world.clone(),
                    persona: scenario.persona.clone(),
                    switches: scenario.switches.clone(),
                    variant: combination.ids.clone(),
                    third_party_cookies: scenario.third_party_cookies,
                    engines: scenario.engines.clone(),
                    file: location.file.clone(),
                    location,
                    scenario: Arc::clone(file),
                    number,
                }
            })
            .collect()
    }

    /// Where a part of the scenario stands, by member names and item numbers: `["world"]`, `["switches", "crm-site"]`,
    /// `["stage", "crm-embed"]`. As far as the path exists.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Location {
        self.scenario.tree.reach(path).location()
    }

    /// A diagnostic at a part of the scenario, with its snippet.
    #[must_use]
    pub fn diagnostic(&self, path: &[&str], message: impl Into<String>) -> Diagnostic {
        Diagnostic::place(self.scenario.tree.reach(path), message)
    }

    /// Replaces every placeholder, puts preludes in place and reads the whole as it is played.
    ///
    /// `lookup` gives what the world knows: `origin.crm`, `persona.email`, `customer.123.phone`; `known` are such
    /// names, for advice about an unknown one.
    ///
    /// # Errors
    /// Names the world does not know, and what their values make wrong.
    pub fn instantiate(
        &self,
        lookup: &dyn Fn(&str) -> Option<String>,
        known: &[String],
    ) -> Result<Play, Vec<Diagnostic>> {
        let world = Said { lookup, known };
        let mut problems = Vec::new();
        let (combination, _) = &self.scenario.combinations[self.number];
        let own = within_scope(&without(&self.scenario.tree, "variants"), &combination.scope());
        problems.extend(own.problems);
        let head = within_world(&headless(&own.node), world);
        problems.extend(head.problems);
        let mut steps = Vec::new();
        match expand(&own.node, &self.scenario.support) {
            Ok(placed) => {
                for (index, placed) in placed.into_iter().enumerate() {
                    let filled = within_world(&placed.node, world);
                    problems.extend(filled.problems);
                    match read::<Step>(&filled.node) {
                        Ok(step) => steps.push(PlacedStep {
                            index,
                            title: discreet_title(&placed.node, lookup).unwrap_or_else(|| step.title()),
                            step: step.at(index),
                            location: filled.node.place.location(),
                            from_prelude: placed.prelude,
                            tree: filled.node,
                        }),
                        Err(more) => problems.extend(more),
                    }
                }
            }
            Err(more) => problems.extend(more),
        }
        match read::<Scenario>(&head.node) {
            Ok(scenario) if problems.is_empty() => Ok(Play {
                id: self.id.clone(),
                title: scenario.title,
                location: self.location.clone(),
                stage: scenario.stage,
                faults: scenario.faults,
                stubs: scenario.stubs,
                tolerate: scenario.tolerate,
                switches: scenario.switches,
                steps,
                tree: head.node,
            }),
            Ok(_) => Err(super::tidy(problems)),
            Err(more) => {
                problems.extend(more);
                Err(super::tidy(problems))
            }
        }
    }
}

/// The title of a step with origins in it, but names in place of all else that the world knows: of persons, that is.
fn discreet_title(step: &Node, lookup: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let discreet = |name: &str| {
        if name.starts_with("origin.") {
            lookup(name)
        } else {
            Some(format!("‹{name}›"))
        }
    };
    let said = Said {
        lookup: &discreet,
        known: &[],
    };
    let step = read::<Step>(&within_world(step, said).node).ok()?;
    Some(step.title())
}

/// The scenario with an empty list of steps.
fn headless(tree: &Node) -> Node {
    let mut tree = tree.clone();
    if let Kind::Map(entries) = &mut tree.kind {
        for (key, value) in entries {
            if key.text() == Some("steps") {
                value.kind = Kind::List(Vec::new());
            }
        }
    }
    tree
}
