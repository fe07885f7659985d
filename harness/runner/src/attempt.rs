//! One attempt at one scenario: `prepare → drive → settle → judge → publish`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use browser::Browser;
use journal::fact::{Phase, PhaseName};
use journal::{Clock, Fact, Finding, Recorder, Source};
use scenarios::model::{Expectation, Step};

use crate::run_directory::RunDirectory;
use crate::shared::Shared;
use crate::stage::{Raise, Stage};
use crate::{Broken, Job, Prepared};

/// What an attempt showed.
pub(crate) struct Attempt {
    pub(crate) findings: Vec<Finding>,
    pub(crate) phases_ms: BTreeMap<PhaseName, f64>,
    pub(crate) duration: Duration,
    pub(crate) folder: String,
    /// How often each rewrite's text was found, a response at a time.
    pub(crate) rewrites_met: Vec<(String, usize)>,
}

/// An attempt, or why nothing is known.
pub(crate) type AttemptOutcome = Result<Attempt, Broken>;

/// Plays a prepared scenario once. What is told of a broken run goes into reports, without the canaries it may name.
pub(crate) async fn play(
    shared: &Arc<Shared>,
    job: &Job,
    prepared: &Arc<Prepared>,
    browser: &Browser,
) -> AttemptOutcome {
    let (folder, relative) = RunDirectory::scenario_folder_in(
        &shared.directory,
        &folder_name(shared, job, prepared),
        &job.engine.to_string(),
        job.repeat,
    )
    .map_err(|error| Broken::harness(format!("failed to create the scenario's folder: {error}")))?;
    let recorder = Recorder::to_file(Clock::new(), shared.options.seed, &folder.join("events.jsonl"))?;
    shared.progress.recording(&recorder);
    let raise = Raise {
        shared,
        job,
        prepared,
        browser,
        recorder: recorder.clone(),
        folder,
    };
    let attempt = play_on(raise, relative.clone()).await;
    attempt.map_err(|broken| Broken {
        reason: recorder.redact_text(broken.reason),
        folder: Some(relative),
    })
}

async fn play_on(raise: Raise<'_>, relative: String) -> AttemptOutcome {
    let began = Instant::now();
    let recorder = raise.recorder.clone();
    let mut phases = Phases {
        recorder: recorder.clone(),
        spent: BTreeMap::new(),
    };

    let raised = phases.time(PhaseName::Prepare, Stage::raise(raise)).await;
    let mut stage = match raised {
        Ok(stage) => stage,
        Err(broken) => {
            let _ = recorder.flush();
            return Err(broken);
        }
    };
    let played = async {
        phases.time(PhaseName::Drive, stage.drive()).await?;
        phases.time(PhaseName::Settle, stage.come_to_rest()).await?;
        Ok::<_, Broken>(phases.time(PhaseName::Judge, async { stage.judge() }).await)
    }
    .await;
    let rewrites_met = stage.rewrites_met();
    let ended = phases.time(PhaseName::Publish, stage.strike()).await;
    let flushed = recorder.flush();
    let findings = played?;
    ended?;
    flushed?;
    Ok(Attempt {
        findings,
        phases_ms: phases.spent,
        duration: began.elapsed(),
        folder: relative,
        rewrites_met,
    })
}

fn folder_name(shared: &Shared, job: &Job, prepared: &Prepared) -> String {
    match job.sabotage.and_then(|position| shared.rewrites.get(position)) {
        Some(rewrite) => format!("sabotage/{}/{}", rewrite.id, prepared.case.id),
        None => prepared.case.id.clone(),
    }
}

/// Takes the time of phases and notes them in the journal.
struct Phases {
    recorder: Recorder,
    spent: BTreeMap<PhaseName, f64>,
}

impl Phases {
    async fn time<T>(&mut self, name: PhaseName, phase: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let outcome = phase.await;
        let spent = began.elapsed();
        self.spent.insert(name, spent.as_secs_f64() * 1000.0);
        let duration_us = u64::try_from(spent.as_micros()).unwrap_or(u64::MAX);
        self.recorder
            .record(Source::Runner, None, Fact::Phase(Phase { name, duration_us }));
        outcome
    }
}

/// Why a scenario cannot be played without page instrumentation, if so.
pub(crate) fn needs_instrumentation(prepared: &Prepared) -> Option<String> {
    let told = |what: &str, location: &scenarios::Location| {
        Some(format!("not in a pristine browser: {what} ({location})"))
    };
    let demonstrated = prepared.play.tolerate.iter().find_map(|tolerance| {
        let rule = &tolerance.value.rule;
        verdict::needs_instrumentation(rule).then(|| {
            told(
                &format!(
                    "it expects a finding of {rule}, which only the recorder in the page makes possible"
                ),
                &tolerance.location,
            )
        })?
    });
    demonstrated.or_else(|| {
        prepared.play.steps.iter().find_map(|placed| {
            let what = match &placed.step {
                Step::Advance(_) => "it advances the clock, which needs the page's virtual time",
                Step::Expect(expectations) => expectations
                    .iter()
                    .find_map(|expectation| unseen_without(&expectation.value))?,
                _ => return None,
            };
            told(what, &placed.location)
        })
    })
}

/// What of an expectation is not seen without page instrumentation, if anything.
fn unseen_without(expectation: &Expectation) -> Option<&'static str> {
    match expectation {
        Expectation::Message(message) if message.target_origin.is_some() => {
            Some("it expects a declared target origin, which only the sent-message recorder sees")
        }
        Expectation::Message(message) if message.received == Some(false) => {
            Some("it expects a dropped message, which only the sent-message recorder sees")
        }
        _ => None,
    }
}
