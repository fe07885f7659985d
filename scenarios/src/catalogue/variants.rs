//! One scenario, several runs: the combinations of its variants.

use std::collections::BTreeMap;

use crate::Diagnostic;
use crate::model::VariantValue;
use crate::text::Scope;
use crate::yaml::{Kind, Node, read};

/// More combinations than this are a slip.
const MOST: usize = 400;

/// One combination.
#[derive(Clone, Debug, Default)]
pub(super) struct Combination {
    /// Name to what goes into the id.
    pub(super) ids: BTreeMap<String, String>,
    /// Name to value.
    pub(super) values: BTreeMap<String, Node>,
}

impl Combination {
    /// `[a=1,b=2]`, or nothing where there are no variants.
    pub(super) fn suffix(&self) -> String {
        if self.ids.is_empty() {
            return String::new();
        }
        let pairs: Vec<String> = self
            .ids
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!("[{}]", pairs.join(","))
    }

    pub(super) fn scope(&self) -> Scope {
        Scope {
            what: "variant",
            values: self.values.clone(),
            used: std::cell::RefCell::default(),
        }
    }
}

/// Every combination; exactly one, without values, where the scenario has no variants.
pub(super) fn combinations(tree: &Node) -> Result<Vec<Combination>, Vec<Diagnostic>> {
    let mut all = vec![Combination::default()];
    let Some(given) = tree.get("variants") else {
        return Ok(all);
    };
    let typed: BTreeMap<String, Vec<VariantValue>> = read(given)?;
    let mut problems = Vec::new();
    let Kind::Map(entries) = &given.kind else {
        return Ok(all);
    };
    let mut sorted: Vec<&(Node, Node)> = entries.iter().collect();
    sorted.sort_by_key(|(key, _)| key.text());
    for (key, list) in sorted {
        let name = key.text().unwrap_or_default();
        if !name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
            || name.is_empty()
        {
            problems.push(
                Diagnostic::place(&key.place, format!("`{name}` is no name for a variant"))
                    .help("names are of letters, digits, `-` and `_`"),
            );
            continue;
        }
        let values = typed.get(name).map(Vec::as_slice).unwrap_or_default();
        if values.is_empty() {
            problems.push(Diagnostic::place(
                &key.place,
                format!("the variant `{name}` has no values"),
            ));
            continue;
        }
        let mut next = Vec::new();
        let mut seen: Vec<(String, &Node)> = Vec::new();
        for (value, node) in values.iter().zip(list.items()) {
            let id = value.id();
            if id.is_empty() || id.contains(['[', ']', ',', '=', '/', '\n']) || id.contains("${") {
                problems.push(
                    Diagnostic::place(&node.place, format!("`{id}` is not fit for the scenario's id"))
                        .help("give the value fields, with a plain `id`"),
                );
            }
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == id) {
                problems.push(
                    Diagnostic::place(
                        &node.place,
                        format!("the variant `{name}` has the value `{id}` twice"),
                    )
                    .beside(&first.place, "first here"),
                );
                continue;
            }
            for combination in &all {
                let mut more = combination.clone();
                more.ids.insert(name.to_owned(), id.clone());
                more.values.insert(name.to_owned(), node.clone());
                next.push(more);
            }
            seen.push((id, node));
            if next.len() > MOST {
                break;
            }
        }
        if next.len() > MOST {
            problems.push(Diagnostic::place(
                &key.place,
                format!("these variants have more than {MOST} combinations"),
            ));
            break;
        }
        if !next.is_empty() {
            all = next;
        }
    }
    all.sort_by_key(|combination| order(tree, combination));
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(problems)
    }
}

/// Combinations come in the order in which their values are written.
fn order(tree: &Node, combination: &Combination) -> Vec<usize> {
    combination
        .values
        .iter()
        .map(|(name, value)| {
            let values = tree.get("variants").and_then(|variants| variants.get(name));
            values.map_or(0, |values| {
                values
                    .items()
                    .iter()
                    .position(|item| item.place.range == value.place.range)
                    .unwrap_or(0)
            })
        })
        .collect()
}
