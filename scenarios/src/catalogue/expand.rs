//! Putting preludes in place of `use`.

use std::collections::BTreeMap;

use super::support::Support;
use crate::Diagnostic;
use crate::model::UsePrelude;
use crate::text::within_scope;
use crate::yaml::{Kind, Node, read};

/// A step of a scenario, or of a prelude it uses.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The step as written, its file's own names replaced.
    pub(super) node: Node,
    /// The prelude it comes from.
    pub(super) prelude: Option<String>,
}

/// More steps than this are a slip (or preludes that double each other).
const MOST: usize = 2000;

/// The steps of a scenario, preludes put in place.
pub(super) fn expand(tree: &Node, support: &Support) -> Result<Vec<Placed>, Vec<Diagnostic>> {
    let mut expansion = Expansion {
        support,
        chain: Vec::new(),
        placed: Vec::new(),
        problems: Vec::new(),
    };
    if let Some(steps) = tree.get("steps") {
        expansion.steps(steps);
    }
    if expansion.problems.is_empty() {
        Ok(expansion.placed)
    } else {
        Err(expansion.problems)
    }
}

/// Checks what preludes use.
pub(super) fn check_preludes(support: &Support, problems: &mut Vec<Diagnostic>) {
    for (name, file) in &support.preludes {
        let mut expansion = Expansion {
            support,
            chain: vec![name.clone()],
            placed: Vec::new(),
            problems: Vec::new(),
        };
        let filled = within_scope(&file.tree, &file.scope(&BTreeMap::new()));
        if let Some(steps) = filled.node.get("steps") {
            expansion.steps(steps);
        }
        problems.extend(expansion.problems);
    }
}

struct Expansion<'support> {
    support: &'support Support,
    /// Preludes we are in.
    chain: Vec<String>,
    placed: Vec<Placed>,
    problems: Vec<Diagnostic>,
}

impl Expansion<'_> {
    fn steps(&mut self, steps: &Node) {
        for step in steps.items() {
            match step.get("use") {
                Some(used) => self.prelude(step, used),
                None if self.placed.len() < MOST => self.placed.push(Placed {
                    node: step.clone(),
                    prelude: self.chain.last().cloned(),
                }),
                None => {
                    self.problems.push(Diagnostic::place(
                        &step.place,
                        format!("with its preludes this has more than {MOST} steps"),
                    ));
                    return;
                }
            }
        }
    }

    fn prelude(&mut self, step: &Node, used: &Node) {
        let name = match read::<UsePrelude>(used) {
            Ok(UsePrelude::Name(name) | UsePrelude::With { prelude: name, .. }) => name,
            Err(problems) => {
                self.problems.extend(problems);
                return;
            }
        };
        let place = used
            .entry("prelude")
            .map_or(&used.place, |(_, value)| &value.place);
        let Some(file) = self.support.preludes.get(&name) else {
            if !self.support.spoilt.contains(&name) {
                let known = self.support.preludes.keys().map(String::as_str);
                let problem = Diagnostic::place(place, format!("there is no prelude `{name}`"));
                self.problems.push(problem.advised(&name, known));
            }
            return;
        };
        if self.chain.contains(&name) {
            let chain = [self.chain.as_slice(), std::slice::from_ref(&name)]
                .concat()
                .join(" → ");
            self.problems.push(Diagnostic::place(
                &step.place,
                format!("this prelude uses itself: {chain}"),
            ));
            return;
        }
        let mut given = BTreeMap::new();
        if let Some(with) = used.get("with")
            && let Kind::Map(entries) = &with.kind
        {
            for (key, value) in entries {
                let parameter = key.text().unwrap_or_default();
                if !file.parameters.contains_key(parameter) {
                    let known = file.parameters.keys().map(String::as_str);
                    let message = format!("the prelude `{name}` has no parameter `{parameter}`");
                    self.problems
                        .push(Diagnostic::place(&key.place, message).advised(parameter, known));
                }
                given.insert(parameter.to_owned(), value.clone());
            }
        }
        let filled = within_scope(&file.tree, &file.scope(&given));
        self.problems.extend(filled.problems);
        self.chain.push(name);
        if let Some(steps) = filled.node.get("steps") {
            self.steps(steps);
        }
        self.chain.pop();
    }
}
