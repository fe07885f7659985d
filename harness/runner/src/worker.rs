//! A worker: one warm browser at a time, jobs from the common queue.

use std::sync::Arc;

use journal::Finding;
use journal::run::{EarlierAttempt, ScenarioRecord, Verdict};

use crate::attempt::{Attempt, AttemptOutcome, play};
use crate::pool::{Key, Warm};
use crate::shared::{Shared, lock};
use crate::{Broken, Job, Prepared, Update};

/// Plays jobs until the queue is empty.
pub(crate) struct Worker {
    shared: Arc<Shared>,
    warm: Option<Warm>,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, warm: None }
    }

    pub(crate) async fn run(mut self) {
        'queue: while !self.shared.cancel.is_cancelled() {
            let Some(group) = lock(&self.shared.queue).pop_front() else {
                break;
            };
            let mut red = false;
            for index in group {
                let job = self.shared.plan.jobs[index].clone();
                let record = if red {
                    let mut record = self.shared.blank_record(&job);
                    record.reason = Some("another variant turned red already".to_owned());
                    record
                } else {
                    let Some(record) = self.play_job(&job).await else {
                        break 'queue;
                    };
                    record
                };
                red |= job.sabotage.is_some() && record.verdict == Verdict::Failed;
                self.shared.progress.update(&Update::Ended { record: &record });
                *lock(&self.shared.records[index]) = Some(record);
            }
        }
        if let Some(warm) = self.warm.take() {
            self.shared.pool.give_back(warm);
        }
    }

    /// Plays a job with its retries. Nothing when the run was interrupted meanwhile.
    async fn play_job(&mut self, job: &Job) -> Option<ScenarioRecord> {
        let mut record = self.shared.blank_record(job);
        if let Some(reason) = &job.skip {
            record.reason = Some(reason.clone());
            return Some(record);
        }
        let prepared = self.shared.prepared[job.case].clone()?;
        if self.shared.options.pristine
            && let Some(reason) = crate::attempt::needs_instrumentation(&prepared)
        {
            record.reason = Some(reason);
            return Some(record);
        }
        let mut broken_before = false;
        let mut failures = 0;
        loop {
            record.attempts += 1;
            self.shared.progress.update(&Update::Began {
                id: &record.id,
                engine: &record.engine,
                attempt: record.attempts,
            });
            let cancel = self.shared.cancel.clone();
            let outcome = tokio::select! {
                outcome = self.attempt(job, &prepared) => outcome,
                () = cancel.cancelled() => return None,
            };
            match outcome {
                Ok(attempt) => {
                    let passed = attempt.findings.is_empty();
                    lock(&self.shared.rewrites_met).extend(attempt.rewrites_met.iter().cloned());
                    fill(&mut record, attempt);
                    if passed {
                        record.verdict = if failures > 0 {
                            Verdict::Flaky
                        } else {
                            Verdict::Passed
                        };
                        return Some(record);
                    }
                    failures += 1;
                    record.verdict = Verdict::Failed;
                    if failures > self.shared.options.retries {
                        return Some(record);
                    }
                    record.earlier.push(EarlierAttempt {
                        verdict: Verdict::Failed,
                        reason: told(&record.findings),
                    });
                }
                Err(broken) => {
                    tracing::warn!(scenario = record.id, engine = record.engine, "broken: {broken}");
                    self.discard().await;
                    record.verdict = Verdict::Broken;
                    record.reason = Some(broken.reason.clone());
                    record.folder = broken.folder.or(record.folder.take());
                    // Broken once is tried again in a fresh browser; twice is broken.
                    if broken_before {
                        return Some(record);
                    }
                    broken_before = true;
                    record.earlier.push(EarlierAttempt {
                        verdict: Verdict::Broken,
                        reason: broken.reason,
                    });
                }
            }
        }
    }

    async fn attempt(&mut self, job: &Job, prepared: &Arc<Prepared>) -> AttemptOutcome {
        let shared = self.shared.clone();
        let warm = self.warm_up(job).await?;
        let attempt = play(&shared, job, prepared, &warm.browser).await;
        if !warm.browser.is_alive() {
            self.discard().await;
        }
        attempt
    }

    /// The browser a job needs, another one if the one at hand does not fit.
    async fn warm_up(&mut self, job: &Job) -> Result<&Warm, Broken> {
        let options = &self.shared.options;
        let key = Key {
            engine: job.engine,
            cookies: job.cookies,
            pristine: options.pristine,
            headed: options.headed,
        };
        if self
            .warm
            .as_ref()
            .is_some_and(|warm| warm.key != key || !warm.browser.is_alive())
        {
            self.discard().await;
        }
        let shared = self.shared.clone();
        if self.warm.is_none() {
            shared.progress.update(&Update::BrowserStarting {
                engine: &job.engine.to_string(),
            });
            let warm = shared.pool.take(key, &shared.options).await?;
            lock(&shared.engines).insert(job.engine.to_string(), warm.browser.version().to_owned());
            lock(&shared.fidelity).extend(
                warm.browser
                    .fidelity()
                    .iter()
                    .map(|entry| format!("{}: {}: {}", job.engine, entry.name, entry.reason)),
            );
            self.warm = Some(warm);
        }
        self.warm
            .as_ref()
            .ok_or_else(|| Broken::harness("no browser at hand"))
    }

    async fn discard(&mut self) {
        if let Some(warm) = self.warm.take() {
            self.shared.pool.discard(warm).await;
        }
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
