//! What scenarios refer to: preludes and requirements; and what refers to them: sabotage.

use std::collections::BTreeMap;
use std::path::Path;

use super::files::{Files, id_of, is_word, shown};
use super::{Case, Ruled};
use crate::model::{Area, Prelude, Sabotage};
use crate::text::{Scope, within_scope};
use crate::yaml::{Kind, Node, read};
use crate::{Diagnostic, Location};

/// A sabotage of the catalogue.
#[derive(Clone, Debug)]
pub struct KnownBad {
    /// `area/name`.
    pub id: String,
    /// What it does and kills.
    pub sabotage: Sabotage,
    /// Where it is written.
    pub location: Location,
}

/// A prelude's file.
#[derive(Clone, Debug)]
pub(super) struct PreludeFile {
    /// The whole file.
    pub(super) tree: Node,
    /// Defaults of its parameters.
    pub(super) parameters: BTreeMap<String, Node>,
}

/// Preludes and requirements.
#[derive(Clone, Debug, Default)]
pub(super) struct Support {
    pub(super) preludes: BTreeMap<String, PreludeFile>,
    /// Preludes whose file has mistakes, which are reported there and not where they are used.
    pub(super) spoilt: Vec<String>,
    pub(super) requirements: Vec<Ruled>,
    /// Whether there are requirements to refer to.
    pub(super) ruled: bool,
}

impl Support {
    pub(super) fn read(root: &Path, problems: &mut Vec<Diagnostic>) -> Self {
        let mut support = Self::default();
        for path in Files::of(root, "preludes", problems) {
            let Some(name) = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .filter(|name| is_word(name))
            else {
                problems.push(Diagnostic::at(
                    shown(&path, 0),
                    "a prelude's file needs a plain name",
                ));
                continue;
            };
            match prelude(&path) {
                Ok(file) => {
                    support.preludes.insert(name.to_owned(), file);
                }
                Err(more) => {
                    support.spoilt.push(name.to_owned());
                    problems.extend(more);
                }
            }
        }
        let lists = Files::of(root, "requirements", problems);
        support.ruled = !lists.is_empty();
        for path in lists {
            match Files::tree(&path).and_then(|tree| Ok((read::<Area>(&tree)?, tree))) {
                Ok((area, _)) => support.rule(area, problems),
                Err(more) => {
                    problems.extend(more);
                    // Rows that could not be read must not make their scenarios wrong.
                    support.ruled = false;
                }
            }
        }
        super::expand::check_preludes(&support, problems);
        support
    }

    fn rule(&mut self, area: Area, problems: &mut Vec<Diagnostic>) {
        for requirement in area.requirements {
            if let Some(known) = self
                .requirements
                .iter()
                .find(|known| known.requirement.id == requirement.value.id)
            {
                problems.push(
                    Diagnostic::at(
                        requirement.location.clone(),
                        format!("the requirement `{}` is there already", requirement.value.id),
                    )
                    .help(format!("it stands at {}", known.location)),
                );
                continue;
            }
            self.requirements.push(Ruled {
                requirement: requirement.value,
                area: area.area.clone(),
                finished: area.finished,
                location: requirement.location,
            });
        }
    }
}

fn prelude(path: &Path) -> Result<PreludeFile, Vec<Diagnostic>> {
    let tree = Files::tree(path)?;
    let mut parameters = BTreeMap::new();
    if let Some(given) = tree.get("parameters")
        && let Kind::Map(entries) = &given.kind
    {
        for (key, value) in entries {
            parameters.insert(key.text().unwrap_or_default().to_owned(), value.clone());
        }
    }
    let file = PreludeFile { tree, parameters };
    let scope = file.scope(&BTreeMap::new());
    let filled = within_scope(&file.tree, &scope);
    let mut problems = filled.problems;
    if let Err(more) = read::<Prelude>(&filled.node) {
        problems.extend(more);
    }
    if file
        .tree
        .get("steps")
        .is_some_and(|steps| matches!(&steps.kind, Kind::List(items) if items.is_empty()))
    {
        problems.push(Diagnostic::place(
            file.tree.reach(&["steps"]),
            "this prelude has no steps",
        ));
    }
    let used = scope.used.borrow();
    for name in file.parameters.keys().filter(|name| !used.contains(*name)) {
        problems.push(
            Diagnostic::place(
                file.tree.reach(&["parameters", name]),
                format!("the parameter `{name}` is never used"),
            )
            .help(format!("use it as `${{{name}}}`, or leave it out")),
        );
    }
    drop(used);
    if problems.is_empty() {
        Ok(file)
    } else {
        Err(problems)
    }
}

impl PreludeFile {
    /// Its parameters, some of them given by whoever uses it.
    pub(super) fn scope(&self, given: &BTreeMap<String, Node>) -> Scope {
        let mut values = self.parameters.clone();
        values.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
        Scope {
            what: "parameter",
            values,
            used: std::cell::RefCell::default(),
        }
    }
}

/// Reads every sabotage; what it kills must exist.
pub(super) fn sabotages(
    root: &Path,
    folder: &str,
    cases: &[Case],
    problems: &mut Vec<Diagnostic>,
) -> Vec<KnownBad> {
    // Where a scenario could not be read, what names it is no mistake of its own.
    let complete = problems.is_empty();
    let mut found = Vec::new();
    for path in Files::of(root, folder, problems) {
        let Some((_, id)) = id_of(root, folder, &path) else {
            problems.push(
                Diagnostic::at(
                    shown(&path, 0),
                    format!("a sabotage lies at `{folder}/<area>/<name>.yaml`"),
                )
                .help("names are of letters, digits, `-` and `_`"),
            );
            continue;
        };
        let (sabotage, tree) = match Files::tree(&path).and_then(|tree| Ok((read::<Sabotage>(&tree)?, tree)))
        {
            Ok(read) => read,
            Err(more) => {
                problems.extend(more);
                continue;
            }
        };
        if sabotage.kills.is_empty() {
            problems.push(
                Diagnostic::at(shown(&path, 1), "this sabotage kills nothing")
                    .help("name the scenarios that must turn red in `kills`"),
            );
        }
        for (index, kill) in sabotage.kills.iter().enumerate() {
            if complete && !cases.iter().any(|case| case.name == *kill || case.id == *kill) {
                let base = kill.split('[').next().unwrap_or_default();
                let names: Vec<&str> = if cases.iter().any(|case| case.name == base) {
                    cases
                        .iter()
                        .filter(|case| case.name == base)
                        .map(|case| case.id.as_str())
                        .collect()
                } else {
                    cases.iter().map(|case| case.name.as_str()).collect()
                };
                let place = tree.reach(&["kills", &index.to_string()]);
                let problem = Diagnostic::place(place, format!("there is no scenario `{kill}`"));
                problems.push(problem.advised(kill, names));
            }
        }
        found.push(KnownBad {
            id,
            sabotage,
            location: tree.place.location(),
        });
    }
    found
}
