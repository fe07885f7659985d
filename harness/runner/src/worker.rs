//! A worker: one warm browser at a time, jobs from the common queue.

use std::sync::Arc;

use journal::run::{ScenarioRecord, Verdict};

use crate::attempt::{AttemptOutcome, play};
use crate::history::History;
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
                    self.play_job(&job).await
                };
                red |= job.sabotage.is_some() && record.verdict == Verdict::Failed;
                self.shared.progress.update(&Update::Ended { record: &record });
                *lock(&self.shared.records[index]) = Some(record);
                if self.shared.cancel.is_cancelled() {
                    break 'queue;
                }
            }
        }
        if let Some(warm) = self.warm.take() {
            self.shared.pool.give_back(warm);
        }
    }

    /// Plays a job with its retries. When the run is interrupted meanwhile, the attempt in play is given up, and what the
    /// last one before it showed stands.
    async fn play_job(&mut self, job: &Job) -> ScenarioRecord {
        let mut record = self.shared.blank_record(job);
        if let Some(reason) = &job.skip {
            record.reason = Some(reason.clone());
            return record;
        }
        let Some(prepared) = self.shared.prepared[job.case].clone() else {
            record.verdict = Verdict::Broken;
            record.reason = Some("it was not made ready".to_owned());
            return record;
        };
        if self.shared.options.pristine
            && let Some(reason) = crate::attempt::needs_instrumentation(&prepared)
        {
            record.reason = Some(reason);
            return record;
        }
        let mut history = History::new(record, self.shared.options.retries);
        loop {
            history.make_way(&self.shared.directory);
            self.shared.progress.update(&Update::Began {
                id: &history.record.id,
                engine: &history.record.engine,
                attempt: history.record.attempts + 1,
            });
            let cancel = self.shared.cancel.clone();
            let outcome = tokio::select! {
                outcome = self.attempt(job, &prepared) => outcome,
                () = cancel.cancelled() => return history.interrupted(),
            };
            match &outcome {
                Ok(attempt) => lock(&self.shared.rewrites_met).extend(attempt.rewrites_met.iter().cloned()),
                Err(broken) => {
                    let ScenarioRecord { id, engine, .. } = &history.record;
                    tracing::warn!(scenario = id, engine, "broken: {broken}");
                    self.discard().await;
                }
            }
            if history.ended(outcome) {
                return history.record;
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
