//! Sabotage: known-bad edits that must turn named scenarios red.

use std::sync::Arc;

use journal::run::{ScenarioRecord, Verdict};
use scenarios::Catalogue;
use scenarios::model::{Edit, Sabotage};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use world::Rewrite;

use crate::plan::Group;
use crate::{BrowserPool, Error, Options, Plan, Progress, RunDirectory, Session};

/// What became of a sabotage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SabotageVerdict {
    /// Every scenario it names turned red.
    Killed,
    /// A scenario it names stayed green: the check cannot fail.
    Survived,
    /// Its text was not found exactly once, or what should turn red is red without it: nothing was proven.
    Inapplicable,
    /// A scenario it names was not played, so nothing is known.
    NotPlayed,
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
    /// Scenarios that stayed green, or why nothing was proven.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What became of all.
#[derive(Clone, Debug)]
pub struct SabotageOutcome {
    /// One entry a sabotage.
    pub records: Vec<SabotageRecord>,
    /// Whether the run was ended early, by a signal.
    pub interrupted: bool,
}

/// Plays every sabotage that a filter admits against the scenarios it names, and writes `sabotage.json`. Unless
/// [`Options::baseline`] is off, each of these scenarios is played without any first: what is red by itself proves nothing.
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
) -> Result<SabotageOutcome, Error> {
    let (chosen, session) = prepare(&catalogue, options)?;
    session.try_worlds().await?;
    let plan = session.plan().clone();
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
    for group in &plan.groups {
        let record = &mut records[group.sabotage];
        let (verdict, note, red) = of_group(group, &plan, &manifest.scenarios);
        if verdict != SabotageVerdict::Killed {
            record.verdict = verdict;
        }
        record.notes.extend(note);
        record.killed_by.extend(red);
    }
    for (record, (id, _)) in records.iter_mut().zip(&chosen) {
        // What was not played was not served either.
        if record.verdict == SabotageVerdict::NotPlayed {
            continue;
        }
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
    Ok(SabotageOutcome {
        records,
        interrupted: manifest.interrupted,
    })
}

/// What the runs of one scenario show, why where it is no kill, and which of them turned red.
fn of_group(
    group: &Group,
    plan: &Plan,
    runs: &[ScenarioRecord],
) -> (SabotageVerdict, Option<String>, Vec<String>) {
    let healthy = |job: &usize| match plan.baseline.get(&plan.jobs[*job].case) {
        Some(&index) => runs[index].verdict == Verdict::Passed,
        None => true,
    };
    let of = |verdict| {
        let jobs = group.jobs.iter();
        jobs.filter(move |&&job| runs[job].verdict == verdict)
    };
    let red: Vec<String> = of(Verdict::Failed)
        .filter(|job| healthy(job))
        .map(|&job| runs[job].id.clone())
        .collect();
    let reason = |job: &usize| runs[*job].reason.clone().unwrap_or_default();
    let scenario = &group.scenario;
    let (verdict, note) = if !red.is_empty() {
        return (SabotageVerdict::Killed, None, red);
    } else if of(Verdict::Failed).next().is_some() {
        (
            SabotageVerdict::Inapplicable,
            format!("{scenario} does not pass without it either"),
        )
    } else if let Some(broken) = of(Verdict::Broken).next() {
        (
            SabotageVerdict::Broken,
            format!("{scenario} broke: {}", reason(broken)),
        )
    } else if of(Verdict::Passed).chain(of(Verdict::Flaky)).next().is_some() {
        (SabotageVerdict::Survived, format!("{scenario} stayed green"))
    } else {
        let why = of(Verdict::Skipped).map(reason).find(|reason| !reason.is_empty());
        let why = why.unwrap_or_else(|| "the run was ended before".to_owned());
        (
            SabotageVerdict::NotPlayed,
            format!("{scenario} was not played: {why}"),
        )
    };
    (verdict, Some(note), red)
}

/// Chooses the sabotages that the filters admit, and prepares the runs that prove them.
fn prepare(
    catalogue: &Arc<Catalogue>,
    options: Options,
) -> Result<(Vec<(String, Sabotage)>, Session), Error> {
    let chosen: Vec<(String, Sabotage)> = catalogue
        .matching_sabotages(&options.filters)
        .into_iter()
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

    /// What `of_group` says of one scenario: how it did without the sabotage, and under it.
    fn said(without: Option<Verdict>, under: Verdict) -> SabotageVerdict {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Arc::new(Catalogue::load(&root).unwrap());
        let options = Options {
            filters: vec!["ticket/flag-ignores-company".to_owned()],
            baseline: without.is_some(),
            ..Options::default()
        };
        let (_, session) = prepare(&catalogue, options).unwrap();
        let plan = session.plan();
        let runs: Vec<ScenarioRecord> = plan
            .jobs
            .iter()
            .map(|job| {
                let mut record = crate::shared::blank(&catalogue.cases()[job.case], job);
                record.verdict = match job.sabotage {
                    Some(_) => under,
                    None => without.unwrap(),
                };
                record
            })
            .collect();
        of_group(&plan.groups[0], plan, &runs).0
    }

    #[test]
    fn what_is_red_by_itself_kills_nothing() {
        use Verdict::{Broken, Failed, Passed, Skipped};
        assert_eq!(said(Some(Passed), Failed), SabotageVerdict::Killed);
        assert_eq!(said(Some(Failed), Failed), SabotageVerdict::Inapplicable);
        assert_eq!(said(Some(Broken), Failed), SabotageVerdict::Inapplicable);
        assert_eq!(said(Some(Passed), Passed), SabotageVerdict::Survived);
        assert_eq!(said(Some(Passed), Broken), SabotageVerdict::Broken);
        assert_eq!(said(Some(Passed), Skipped), SabotageVerdict::NotPlayed);
        assert_eq!(said(None, Failed), SabotageVerdict::Killed);
    }

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
