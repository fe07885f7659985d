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

/// What became of a sabotage, the worst last: of several scenarios the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SabotageVerdict {
    /// Every scenario it names turned red.
    Killed,
    /// A scenario it names was not played, so nothing is known.
    NotPlayed,
    /// Its text was not found exactly once, or what should turn red is red without it: nothing was proven.
    Inapplicable,
    /// A scenario it names stayed green: the check cannot fail.
    Survived,
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

/// Sabotages that were prepared and can be played against the scenarios they name. Unless [`Options::baseline`] is off, each of
/// these scenarios is played without any first: what is red by itself proves nothing.
#[must_use = "sabotages prove nothing until they are played"]
pub struct Sabotages {
    ids: Vec<String>,
    session: Session,
}

impl Sabotages {
    /// Prepares every sabotage that a filter admits.
    ///
    /// # Errors
    /// A filter matches nothing, a sabotage names a scenario that does not exist, a scenario cannot be played.
    pub fn prepare(catalogue: &Arc<Catalogue>, options: Options) -> Result<Self, Error> {
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
        let rewrites = chosen.iter().map(|(id, sabotage)| rewrite(id, sabotage));
        let rewrites = rewrites.collect::<Result<_, _>>()?;
        Ok(Self {
            session: Session::of_plan(catalogue.clone(), options, plan)?.with_rewrites(rewrites),
            ids: chosen.into_iter().map(|(id, _)| id).collect(),
        })
    }

    /// As [`Session::try_worlds`], with the sabotages in them.
    ///
    /// # Errors
    /// As there.
    pub async fn try_worlds(&self) -> Result<(), Error> {
        self.session.try_worlds().await
    }

    /// Plays them, and writes `run.json` and `sabotage.json`.
    ///
    /// # Errors
    /// The run directory cannot be written, or no browser can be had.
    pub async fn play(
        self,
        pool: &Arc<BrowserPool>,
        directory: &RunDirectory,
        progress: Arc<dyn Progress>,
        cancel: CancellationToken,
    ) -> Result<SabotageOutcome, Error> {
        let plan = self.session.plan().clone();
        let (manifest, matches) = self
            .session
            .play_counting(pool, directory, progress, cancel)
            .await?;
        let records = records_of(&self.ids, &plan, &manifest.scenarios, &matches);
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
}

/// What became of each sabotage: `matches` says how often its text was found, a response at a time.
fn records_of(
    ids: &[String],
    plan: &Plan,
    runs: &[ScenarioRecord],
    matches: &[(String, usize)],
) -> Vec<SabotageRecord> {
    let mut records: Vec<SabotageRecord> = ids
        .iter()
        .map(|id| SabotageRecord {
            id: id.clone(),
            verdict: SabotageVerdict::Killed,
            killed_by: Vec::new(),
            notes: Vec::new(),
        })
        .collect();
    for group in &plan.groups {
        let record = &mut records[group.sabotage];
        let (verdict, note, red) = of_group(group, plan, runs);
        record.verdict = record.verdict.max(verdict);
        record.notes.extend(note);
        record.killed_by.extend(red);
    }
    for record in &mut records {
        // What was not played, or broke before, was not served either: that says nothing of the sabotage.
        if matches!(
            record.verdict,
            SabotageVerdict::NotPlayed | SabotageVerdict::Broken
        ) {
            continue;
        }
        let found = || {
            let own = matches.iter().filter(|(rewrite, _)| *rewrite == record.id);
            own.map(|(_, count)| *count)
        };
        let note = match found().find(|&count| count != 1) {
            Some(count) => format!("its text stands {count} times in the file, not once"),
            None if found().next().is_none() => "its file was never served".to_owned(),
            None => continue,
        };
        // A scenario stays green under an edit that was not made.
        record.verdict = SabotageVerdict::Inapplicable;
        record.notes.push(note);
    }
    records
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
    use crate::Job;

    /// The plan for a sabotage of the catalogue, and how its runs ended.
    fn played(id: &str, baseline: bool, verdict: impl Fn(&Job) -> Verdict) -> (Plan, Vec<ScenarioRecord>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Arc::new(Catalogue::load(&root).unwrap());
        let options = Options {
            filters: vec![id.to_owned()],
            baseline,
            ..Options::default()
        };
        let plan = Sabotages::prepare(&catalogue, options)
            .unwrap()
            .session
            .plan()
            .clone();
        let record = |job: &Job| {
            let mut record = crate::shared::blank(&catalogue.cases()[job.case], job);
            record.verdict = verdict(job);
            record
        };
        let runs = plan.jobs.iter().map(record).collect();
        (plan, runs)
    }

    const ONE: &str = "ticket/flag-ignores-company";

    /// What `of_group` says of one scenario: how it did without the sabotage, and under it.
    fn said(without: Option<Verdict>, under: Verdict) -> SabotageVerdict {
        let (plan, runs) = played(ONE, without.is_some(), |job| match job.sabotage {
            Some(_) => under,
            None => without.unwrap(),
        });
        of_group(&plan.groups[0], &plan, &runs).0
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

    #[test]
    fn a_sabotage_whose_runs_broke_is_broken_though_its_file_was_never_served() {
        let of = |under, matches: &[(String, usize)]| {
            let (plan, runs) = played(ONE, false, |_| under);
            records_of(&[ONE.to_owned()], &plan, &runs, matches).remove(0)
        };
        let found = |count| [(ONE.to_owned(), count)];
        assert_eq!(of(Verdict::Broken, &[]).verdict, SabotageVerdict::Broken);
        assert_eq!(of(Verdict::Skipped, &[]).verdict, SabotageVerdict::NotPlayed);
        assert_eq!(of(Verdict::Passed, &[]).verdict, SabotageVerdict::Inapplicable);
        assert_eq!(
            of(Verdict::Passed, &found(2)).verdict,
            SabotageVerdict::Inapplicable
        );
        assert_eq!(of(Verdict::Passed, &found(1)).verdict, SabotageVerdict::Survived);
        assert_eq!(of(Verdict::Failed, &found(1)).verdict, SabotageVerdict::Killed);
    }

    #[test]
    fn of_several_scenarios_the_worst_counts_wherever_it_stands() {
        use Verdict::{Broken, Failed, Passed, Skipped};
        let (mut plan, _) = played(ONE, false, |_| Failed);
        let job = plan.jobs[0].clone();
        let one = |index| Group {
            jobs: vec![index],
            ..plan.groups[0].clone()
        };
        plan.groups = vec![one(0), one(1)];
        plan.jobs = vec![job.clone(), job];
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Catalogue::load(&root).unwrap();
        for (first, second, verdict) in [
            (Broken, Passed, SabotageVerdict::Broken),
            (Broken, Failed, SabotageVerdict::Broken),
            (Passed, Skipped, SabotageVerdict::Survived),
            (Skipped, Failed, SabotageVerdict::NotPlayed),
            (Failed, Failed, SabotageVerdict::Killed),
        ] {
            for order in [[first, second], [second, first]] {
                let record = |verdict| {
                    let mut record =
                        crate::shared::blank(&catalogue.cases()[plan.jobs[0].case], &plan.jobs[0]);
                    record.verdict = verdict;
                    record
                };
                let found = [(ONE.to_owned(), 1)];
                let records = records_of(&[ONE.to_owned()], &plan, &order.map(record), &found);
                assert_eq!(records[0].verdict, verdict, "{order:?}");
            }
        }
    }

    /// Sabotages of one area name origins that the worlds of another do not have.
    #[tokio::test]
    async fn each_sabotage_of_the_catalogue_can_be_served_in_the_worlds_of_its_scenarios() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let catalogue = Arc::new(Catalogue::load(&root).unwrap());
        let all = Sabotages::prepare(&catalogue, Options::default()).unwrap();
        assert_eq!(all.ids.len(), catalogue.sabotages().len());
        all.try_worlds().await.unwrap();
    }
}
