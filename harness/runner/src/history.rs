//! The attempts at one scenario run, and what becomes of its record with each of them.

use std::path::Path;

use journal::Finding;
use journal::run::{EarlierAttempt, ScenarioRecord, Verdict};

use crate::Broken;
use crate::attempt::{Attempt, AttemptOutcome};
use crate::run_directory::RunDirectory;

/// A scenario run that is played until nothing more is to be found out.
pub(crate) struct History {
    /// What the last attempt that came to its end showed, and those before it.
    pub(crate) record: ScenarioRecord,
    /// How often a failed scenario is played again.
    retries: u32,
    failures: u32,
    broken_before: bool,
}

impl History {
    /// One that was not played yet.
    pub(crate) fn new(record: ScenarioRecord, retries: u32) -> Self {
        Self {
            record,
            retries,
            failures: 0,
            broken_before: false,
        }
    }

    /// Puts the files of the last attempt aside, before another is made in their place.
    pub(crate) fn make_way(&mut self, directory: &Path) {
        let record = &mut self.record;
        if let Some(folder) = record.folder.take() {
            match RunDirectory::set_aside(directory, &folder, record.attempts) {
                Ok(folder) => record.folder = Some(folder),
                Err(error) => tracing::warn!(folder, "failed to keep an earlier attempt: {error}"),
            }
        }
    }

    /// An attempt came to its end. Says whether it was the last.
    pub(crate) fn ended(&mut self, outcome: AttemptOutcome) -> bool {
        let record = &mut self.record;
        if record.attempts > 0 {
            let reason = match record.verdict {
                Verdict::Broken => record.reason.take().unwrap_or_default(),
                _ => told(&record.findings),
            };
            record.earlier.push(EarlierAttempt {
                verdict: record.verdict,
                reason,
                folder: record.folder.take(),
            });
        }
        record.attempts += 1;
        match outcome {
            Ok(attempt) => {
                let passed = attempt.findings.is_empty();
                fill(record, attempt);
                self.failures += u32::from(!passed);
                record.verdict = match (passed, self.failures) {
                    (true, 0) => Verdict::Passed,
                    (true, _) => Verdict::Flaky,
                    (false, _) => Verdict::Failed,
                };
                passed || self.failures > self.retries
            }
            Err(Broken { reason, folder }) => {
                // What an earlier attempt found points into a journal that is not this one's.
                record.findings.clear();
                record.phases_ms.clear();
                record.duration_ms = 0;
                record.verdict = Verdict::Broken;
                record.reason = Some(reason);
                record.folder = folder;
                // Broken once is tried again in a fresh browser; twice is broken.
                std::mem::replace(&mut self.broken_before, true)
            }
        }
    }

    /// The record of a run that was interrupted while an attempt was played.
    pub(crate) fn interrupted(mut self) -> ScenarioRecord {
        if self.record.attempts == 0 {
            self.record.reason = Some("the run was interrupted while it was played".to_owned());
        }
        self.record
    }
}

/// Findings in words, one after the other.
fn told(findings: &[Finding]) -> String {
    let each = findings.iter().map(|finding| {
        let Finding {
            rule,
            title,
            expected,
            actual,
            ..
        } = finding;
        format!("{rule}: {title}\n  expected: {expected}\n  actual: {actual}")
    });
    each.collect::<Vec<_>>().join("\n")
}

fn fill(record: &mut ScenarioRecord, attempt: Attempt) {
    record.duration_ms = u64::try_from(attempt.duration.as_millis()).unwrap_or(u64::MAX);
    record.phases_ms = attempt.phases_ms;
    record.findings = attempt.findings;
    record.folder = Some(attempt.folder);
    record.reason = None;
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use journal::Location;

    use super::*;

    fn played(retries: u32) -> History {
        let record = ScenarioRecord {
            id: "demo/one".to_owned(),
            title: "A demo".to_owned(),
            engine: "chromium".to_owned(),
            repeat: 1,
            verdict: Verdict::Skipped,
            attempts: 0,
            duration_ms: 0,
            phases_ms: BTreeMap::new(),
            covers: Vec::new(),
            location: Location {
                file: "one.yaml".to_owned(),
                line: 1,
                column: 1,
            },
            again: None,
            reason: None,
            findings: Vec::new(),
            folder: None,
            earlier: Vec::new(),
        };
        History::new(record, retries)
    }

    fn shown(findings: Vec<Finding>) -> AttemptOutcome {
        Ok(Attempt {
            findings,
            phases_ms: BTreeMap::new(),
            duration: Duration::from_millis(5),
            folder: "demo/one/chromium".to_owned(),
            rewrites_met: Vec::new(),
        })
    }

    fn failed() -> AttemptOutcome {
        shown(vec![Finding {
            rule: "expect".to_owned(),
            title: "too few".to_owned(),
            expected: "1".to_owned(),
            actual: "0".to_owned(),
            evidence: vec![7],
            location: None,
        }])
    }

    fn broken() -> AttemptOutcome {
        Err(Broken {
            reason: "the driver is gone".to_owned(),
            folder: Some("demo/one/chromium".to_owned()),
        })
    }

    fn verdicts(record: &ScenarioRecord) -> (Vec<Verdict>, Verdict, u32) {
        let earlier = record.earlier.iter().map(|attempt| attempt.verdict);
        (earlier.collect(), record.verdict, record.attempts)
    }

    #[test]
    fn a_failure_stands_when_the_run_is_interrupted_while_it_is_played_again() {
        let mut history = played(1);
        assert!(!history.ended(failed()));
        let record = history.interrupted();
        assert_eq!(verdicts(&record), (Vec::new(), Verdict::Failed, 1));
        assert_eq!(record.findings.len(), 1);
        assert_eq!(record.reason, None);
    }

    #[test]
    fn what_was_never_played_to_its_end_is_skipped_by_the_interruption() {
        let record = played(1).interrupted();
        assert_eq!(verdicts(&record), (Vec::new(), Verdict::Skipped, 0));
        assert!(record.reason.unwrap().contains("while it was played"));
    }

    #[test]
    fn a_broken_attempt_does_not_carry_the_findings_of_the_failed_one_before_it() {
        let mut history = played(1);
        assert!(!history.ended(failed()));
        assert!(!history.ended(broken()));
        let record = &history.record;
        assert_eq!(verdicts(record), (vec![Verdict::Failed], Verdict::Broken, 2));
        assert!(record.findings.is_empty(), "{:?}", record.findings);
        assert!(record.earlier[0].reason.contains("expect: too few"));
        assert!(history.ended(broken()));
        let record = &history.record;
        assert_eq!(
            verdicts(record),
            (vec![Verdict::Failed, Verdict::Broken], Verdict::Broken, 3)
        );
        assert_eq!(record.earlier[1].reason, "the driver is gone");
    }

    #[test]
    fn what_passes_after_a_failure_is_flaky_and_after_a_broken_attempt_passed() {
        let mut history = played(1);
        assert!(!history.ended(failed()));
        assert!(history.ended(shown(Vec::new())));
        assert_eq!(
            verdicts(&history.record),
            (vec![Verdict::Failed], Verdict::Flaky, 2)
        );
        let mut history = played(0);
        assert!(!history.ended(broken()));
        assert!(history.ended(shown(Vec::new())));
        assert_eq!(
            verdicts(&history.record),
            (vec![Verdict::Broken], Verdict::Passed, 2)
        );
        assert_eq!(history.record.reason, None);
    }

    #[test]
    fn the_files_of_each_attempt_are_kept() {
        let run = tempfile::tempdir().unwrap();
        let mut history = played(2);
        let outcomes = [failed(), broken(), failed()];
        for (number, outcome) in outcomes.into_iter().enumerate() {
            history.make_way(run.path());
            let (folder, _) =
                RunDirectory::scenario_folder_in(run.path(), "demo/one", "chromium", 1).unwrap();
            std::fs::write(folder.join("events.jsonl"), number.to_string()).unwrap();
            history.ended(outcome);
        }
        let record = history.record;
        let folders = record.earlier.iter().map(|attempt| attempt.folder.clone());
        let journals: Vec<_> = folders
            .chain([record.folder])
            .map(|folder| {
                std::fs::read_to_string(run.path().join(folder.unwrap()).join("events.jsonl")).unwrap()
            })
            .collect();
        assert_eq!(journals, ["0", "1", "2"]);
        assert_eq!(
            record.earlier[0].folder.as_deref(),
            Some("demo/one/chromium-attempt-1")
        );
    }
}
