//! The catalogue: every scenario, prelude, requirement and sabotage below one folder.

mod case;
mod coverage;
mod expand;
mod files;
mod filter;
mod scenario;
mod semantics;
mod support;
mod variants;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use case::Case;
pub use coverage::{Row, Ruled};
pub use support::KnownBad;

use crate::Diagnostic;
use files::Files;
use support::Support;

/// Every scenario, prelude, requirement and sabotage below one folder.
#[derive(Clone, Debug)]
pub struct Catalogue {
    cases: Vec<Case>,
    sabotages: Vec<KnownBad>,
    requirements: Vec<Ruled>,
}

impl Catalogue {
    /// Reads a whole catalogue: `catalogue/<area>/<name>.yaml`, `preludes/*.yaml`, `requirements/*.yaml` and
    /// `sabotage/<area>/*.yaml` below a folder.
    ///
    /// # Errors
    /// Everything that is wrong with any of its files.
    pub fn load(root: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::read(root, None)
    }

    /// Reads one scenario of a catalogue (`…/catalogue/<area>/<name>.yaml`) with what it refers to.
    ///
    /// # Errors
    /// Everything that is wrong with the scenario, with preludes and with requirements.
    pub fn load_file(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let root = path
            .ancestors()
            .find(|folder| folder.file_name().is_some_and(|name| name == "catalogue"))
            .and_then(Path::parent);
        match root {
            Some(root) => Self::read(root, Some(path)),
            None => Err(vec![
                Diagnostic::at(files::shown(path, 0), "this file is in no catalogue")
                    .help("scenarios lie at `catalogue/<area>/<name>.yaml`"),
            ]),
        }
    }

    fn read(root: &Path, only: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let support = Arc::new(Support::read(root, &mut problems));
        let mut scenarios = Vec::new();
        let paths: Vec<PathBuf> = match only {
            Some(path) => vec![path.to_owned()],
            None => Files::of(root, "catalogue", &mut problems),
        };
        if only.is_none() && paths.is_empty() && problems.is_empty() {
            problems.push(
                Diagnostic::at(
                    files::shown(&root.join("catalogue"), 0),
                    "there is no scenario here",
                )
                .help("scenarios lie at `catalogue/<area>/<name>.yaml`"),
            );
        }
        for path in paths {
            if let Some(scenario) = scenario::read(root, &path, &support, &mut problems) {
                scenarios.push(Arc::new(scenario));
            }
        }
        let cases: Vec<Case> = scenarios.iter().flat_map(Case::all_of).collect();
        let sabotages = if only.is_some() {
            Vec::new()
        } else {
            support::sabotages(root, "sabotage", &cases, &mut problems)
        };
        if problems.is_empty() {
            Ok(Self {
                cases,
                sabotages,
                requirements: support.requirements.clone(),
            })
        } else {
            Err(tidy(problems))
        }
    }

    /// This catalogue with the sabotages of another folder, which lie there as `<area>/<name>.yaml`.
    ///
    /// # Errors
    /// A sabotage cannot be read, or names a scenario that does not exist.
    pub fn with_sabotages(self, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let root = folder.parent().unwrap_or_else(|| Path::new(""));
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let sabotages = support::sabotages(root, &name, &self.cases, &mut problems);
        if problems.is_empty() {
            Ok(Self { sabotages, ..self })
        } else {
            Err(tidy(problems))
        }
    }

    /// Every run of every scenario: one for each combination of its variants, in order of files.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Every sabotage.
    #[must_use]
    pub fn sabotages(&self) -> &[KnownBad] {
        &self.sabotages
    }

    /// Every requirement, in order of areas and rows.
    #[must_use]
    pub fn requirements(&self) -> &[Ruled] {
        &self.requirements
    }

    /// Every requirement with what covers it.
    #[must_use]
    pub fn coverage(&self) -> Vec<Row> {
        coverage::rows(self)
    }
}

/// Mistakes in order of places; what several variants have in common once.
pub(crate) fn tidy(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut tidy: Vec<Diagnostic> = Vec::with_capacity(problems.len());
    let mut known = std::collections::HashSet::new();
    for problem in problems {
        if known.insert((problem.location().clone(), without_quotes(problem.message()))) {
            tidy.push(problem);
        }
    }
    tidy.sort_by(|one, other| one.location().cmp(other.location()));
    tidy
}

/// A message without what stands in it in quotes: that differs from variant to variant.
fn without_quotes(message: &str) -> String {
    message.split('`').step_by(2).collect()
}
