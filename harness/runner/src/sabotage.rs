//! Sabotage: known-bad edits that must turn named scenarios red.

use std::sync::Arc;

use journal::run::Verdict;
use scenarios::Catalogue;
use scenarios::model::{Edit, Sabotage};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use world::Rewrite;

use crate::{BrowserPool, Error, Options, Plan, Progress, RunDirectory, Session};

/// What became of a sabotage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SabotageVerdict {
    /// Every scenario it names turned red.
    Killed,
    /// A scenario it names stayed green: the check cannot fail.
    Survived,
    /// Its text was not found exactly once, so nothing was proven.
    Inapplicable,
    /// The harness failed meanwhile, so nothing is known.
    Broken,
}

/// One entry of `sabotage.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SabotageRecord {
    /// `area/name`.
    pub id: String,
    /// What became of it.
    pub verdict: SabotageVerdict,
    /// Scenario runs that turned red.
    pub killed_by: Vec<String>,
    /// Scenarios that stayed green, or why it is inapplicable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Plays every sabotage that a filter admits against the scenarios it names, and writes `sabotage.json`.
///
/// # Errors
/// A sabotage names a scenario that does not exist, a scenario cannot be played, the folder cannot be written.
pub async fn run_sabotages(
    catalogue: Arc<Catalogue>,
    options: Options,
    pool: &Arc<BrowserPool>,
    directory: &RunDirectory,
    progress: Arc<dyn Progress>,
    cancel: CancellationToken,
) -> Result<Vec<SabotageRecord>, Error> {
    let (chosen, session) = prepare(&catalogue, options)?;
    session.try_worlds().await?;
    let groups = session.groups();
    let (manifest, matches) = session.play_counting(pool, directory, progress, cancel).await?;

    let mut records: Vec<SabotageRecord> = chosen
        .iter()
        .map(|(id, _)| SabotageRecord {
            id: id.clone(),
            verdict: SabotageVerdict::Killed,
            killed_by: Vec::new(),
            notes: Vec::new(),
        })
        .collect();
    for group in groups {
        let record = &mut records[group.sabotage];
        let runs = group.jobs.iter().map(|&index| &manifest.scenarios[index]);
        let red: Vec<String> = runs
            .clone()
            .filter(|run| run.verdict == Verdict::Failed)
            .map(|run| run.id.clone())
            .collect();
        if red.is_empty() {
            let broken = runs.clone().find(|run| run.verdict == Verdict::Broken);
            record.verdict = if broken.is_some() {
                SabotageVerdict::Broken
            } else {
                SabotageVerdict::Survived
            };
            record
                .notes
                .push(match broken.and_then(|run| run.reason.as_deref()) {
                    Some(reason) => format!("{} broke: {reason}", group.scenario),
                    None => format!("{} stayed green", group.scenario),
                });
        }
        record.killed_by.extend(red);
    }
    for (record, (id, _)) in records.iter_mut().zip(&chosen) {
        let found: Vec<usize> = matches
            .iter()
            .filter(|(rewrite, _)| rewrite == id)
            .map(|(_, count)| *count)
            .collect();
        if found.is_empty() || found.iter().any(|&count| count != 1) {
            record.verdict = SabotageVerdict::Inapplicable;
            record.notes.push(match found.iter().find(|&&count| count != 1) {
                Some(count) => format!("its text stands {count} times in the file, not once"),
                None => "its file was never served".to_owned(),
            });
        }
    }
    let path = directory.path().join("sabotage.json");
    let text = serde_json::to_string_pretty(&records).unwrap_or_default();
    std::fs::write(&path, text + "\n").map_err(|source| Error::Output {
        attempt: "write",
        path: path.display().to_string(),
        source,
    })?;
    Ok(records)
}

/// Chooses the sabotages that the filters admit, and prepares the runs that prove them.
fn prepare(
    catalogue: &Arc<Catalogue>,
    options: Options,
) -> Result<(Vec<(String, Sabotage)>, Session), Error> {
    let chosen: Vec<(String, Sabotage)> = catalogue
        .sabotages()
        .iter()
        .filter(|placed| {
            options.filters.is_empty()
                || options
                    .filters
                    .iter()
                    .any(|filter| placed.id.contains(filter.as_str()))
        })
        .map(|placed| (placed.id.clone(), placed.sabotage.clone()))
        .collect();
    if chosen.is_empty() {
        return Err(Error::NothingMatches {
            filter: options
                .filters
                .iter()
                .map(|filter| format!("`{filter}`"))
                .collect::<Vec<_>>()
                .join(" or "),
            total: catalogue.sabotages().len(),
        });
    }
    let plan = Plan::for_sabotages(catalogue, &options, &chosen)?;
    let session = Session::of_plan(catalogue.clone(), options, plan)?.with_rewrites(
        chosen
            .iter()
            .map(|(id, sabotage)| rewrite(id, sabotage))
            .collect::<Result<_, _>>()?,
    );
    Ok((chosen, session))
}

fn rewrite(id: &str, sabotage: &Sabotage) -> Result<Rewrite, Error> {
    let (path, edit) = match &sabotage.edit {
        Edit::Replace { file, find, replace } => (
            file.clone(),
            world::Edit::Replace {
                find: find.clone(),
                replace: replace.clone(),
            },
        ),
        Edit::DropHeader { path, drop_header } => {
            (path.clone(), world::Edit::DropHeader(drop_header.clone()))
        }
    };
    let file = path
        .parse()
        .map_err(|error| Error::Option(format!("sabotage `{id}`: `{path}` is no file pattern: {error}")))?;
    Ok(Rewrite {
        id: id.to_owned(),
        origin: sabotage.origin.clone(),
        file,
        edit,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::path::Path;

    use super::*;

    /// Sabotages of one area name origins that the worlds of another do not have.
    #[tokio::test]
    async fn each_sabotage_of_the_catalogue_can_be_served_in_the_worlds_of_its_scenarios() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Arc::new(Catalogue::load(&root).unwrap());
        let (chosen, session) = prepare(&catalogue, Options::default()).unwrap();
        assert_eq!(chosen.len(), catalogue.sabotages().len());
        session.try_worlds().await.unwrap();
    }
}
