//! Reading a scenario's file, in all of its variants.

use std::path::Path;
use std::sync::Arc;

use super::expand::expand;
use super::files::{Files, id_of, shown};
use super::semantics;
use super::support::Support;
use super::variants::{Combination, combinations};
use crate::Diagnostic;
use crate::model::{Scenario, Step};
use crate::text::within_scope;
use crate::yaml::{Kind, Node};

/// A scenario's file, found to be right.
#[derive(Debug)]
pub(super) struct ScenarioFile {
    /// `area/name`.
    pub(super) name: String,
    /// The folder it lies in.
    pub(super) area: String,
    /// The whole file, with placeholders.
    pub(super) tree: Node,
    /// Each combination of variants, with the scenario as read under it (what only the world knows is still open).
    pub(super) combinations: Vec<(Combination, Scenario)>,
    pub(super) support: Arc<Support>,
}

/// Reads and checks a scenario's file.
pub(super) fn read(
    root: &Path,
    path: &Path,
    support: &Arc<Support>,
    problems: &mut Vec<Diagnostic>,
) -> Option<ScenarioFile> {
    let Some((area, name)) = id_of(root, "catalogue", path) else {
        problems.push(
            Diagnostic::at(
                shown(path, 0),
                "a scenario lies at `catalogue/<area>/<name>.yaml`",
            )
            .help("names are of letters, digits, `-` and `_`"),
        );
        return None;
    };
    let tree = match Files::tree(path) {
        Ok(tree) => tree,
        Err(more) => {
            problems.extend(more);
            return None;
        }
    };
    let mut own = Vec::new();
    let found = checked(&tree, support, &mut own);
    let right = own.is_empty();
    problems.extend(super::tidy(own));
    right.then(|| ScenarioFile {
        name,
        area,
        tree,
        combinations: found,
        support: Arc::clone(support),
    })
}

/// Reads the scenario under each combination of its variants, and says all that is wrong with it.
fn checked(tree: &Node, support: &Support, problems: &mut Vec<Diagnostic>) -> Vec<(Combination, Scenario)> {
    let combinations = match combinations(tree) {
        Ok(combinations) => combinations,
        Err(more) => {
            problems.extend(more);
            // The rest is looked at as far as it goes without them.
            if let Err(more) = crate::yaml::read::<Scenario>(tree) {
                problems.extend(more);
            }
            return Vec::new();
        }
    };
    let mut unused: Option<Vec<String>> = None;
    let mut found = Vec::new();
    for combination in combinations {
        let scope = combination.scope();
        let filled = within_scope(&without(tree, "variants"), &scope);
        problems.extend(filled.problems);
        let used = scope.used.borrow();
        let idle: Vec<String> = combination
            .ids
            .keys()
            .filter(|name| !used.contains(*name))
            .cloned()
            .collect();
        unused = Some(match unused {
            None => idle,
            Some(before) => before.into_iter().filter(|name| idle.contains(name)).collect(),
        });
        let scenario = match crate::yaml::read::<Scenario>(&filled.node) {
            Ok(scenario) => {
                semantics::head(&scenario, &filled.node, support, problems);
                Some(scenario)
            }
            Err(more) => {
                problems.extend(more);
                None
            }
        };
        expanded(&filled.node, support, problems);
        if let Some(scenario) = scenario {
            found.push((combination, scenario));
        }
    }
    for name in unused.unwrap_or_default() {
        problems.push(
            Diagnostic::place(
                tree.reach(&["variants", &name]),
                format!("the variant `{name}` is never used"),
            )
            .help(format!("use it as `${{{name}}}`, or leave it out")),
        );
    }
    found
}

/// Checks the steps with those of the preludes among them.
fn expanded(tree: &Node, support: &Support, problems: &mut Vec<Diagnostic>) {
    let placed = match expand(tree, support) {
        Ok(placed) => placed,
        Err(more) => {
            problems.extend(more);
            return;
        }
    };
    let mut steps = Vec::with_capacity(placed.len());
    let mut whole = true;
    for placed in placed {
        match crate::yaml::read::<Step>(&placed.node) {
            Ok(step) => steps.push((step, placed)),
            Err(more) => {
                whole = false;
                problems.extend(more);
            }
        }
    }
    // A step that could not be read may be the mark or tab that a later one names.
    if whole {
        semantics::steps(&steps, problems);
    }
}

/// A map without one of its members.
pub(super) fn without(tree: &Node, name: &str) -> Node {
    let mut tree = tree.clone();
    if let Kind::Map(entries) = &mut tree.kind {
        entries.retain(|(key, _)| key.text() != Some(name));
    }
    tree
}
