//! Which requirement is covered by what.

use std::collections::{BTreeMap, BTreeSet};

use super::Catalogue;
use crate::Location;
use crate::model::Requirement;

/// A requirement of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    /// The requirement.
    pub requirement: Requirement,
    /// Its area.
    pub area: String,
    /// Whether every row of the area must be covered.
    pub finished: bool,
    /// Where it is written.
    pub location: Location,
}

/// A requirement, with what covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The requirement.
    pub requirement: Requirement,
    /// Its area.
    pub area: String,
    /// Whether every row of the area must be covered.
    pub finished: bool,
    /// Scenarios that cover it, without variants.
    pub scenarios: Vec<String>,
    /// Sabotages that prove the check: those that kill a scenario that covers it.
    pub sabotages: Vec<String>,
}

pub(super) fn rows(catalogue: &Catalogue) -> Vec<Row> {
    let mut scenarios: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut sabotages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in &catalogue.cases {
        for id in &case.covers {
            scenarios.entry(id).or_default().insert(&case.name);
        }
    }
    for known_bad in &catalogue.sabotages {
        for kill in &known_bad.sabotage.kills {
            let killed = catalogue
                .cases
                .iter()
                .filter(|case| case.name == *kill || case.id == *kill);
            for id in killed.flat_map(|case| &case.covers) {
                sabotages.entry(id).or_default().insert(&known_bad.id);
            }
        }
    }
    let listed = |found: Option<&BTreeSet<&str>>| {
        found.map_or_else(Vec::new, |ids| ids.iter().map(|id| (*id).to_owned()).collect())
    };
    catalogue
        .requirements
        .iter()
        .map(|ruled| Row {
            requirement: ruled.requirement.clone(),
            area: ruled.area.clone(),
            finished: ruled.finished,
            scenarios: listed(scenarios.get(ruled.requirement.id.as_str())),
            sabotages: listed(sabotages.get(ruled.requirement.id.as_str())),
        })
        .collect()
}
