//! The whole judgement: expectations in the scenario's order, then what holds in every run.

use std::ops::Deref;

use journal::fact::{Step as StepFact, StepOutcome};
use journal::{Event, Fact, Finding, Location, Sequence};
use scenarios::model::Expectation;
use scenarios::{PlacedExpectation, Play};
use serde_json::Value;

use crate::{Context, Outcome, check, check_observation, invariant};

/// Judges a run: journal in, findings out; an empty list is a pass.
pub fn judge<E: Deref<Target = Event>>(events: &[E], play: &Play, context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    for placed in &play.steps {
        let Some((seq, fact)) = step(events, placed.index) else {
            // What stopped the run is a finding already. Were there none, a scenario would pass that was not played.
            if findings.is_empty() {
                findings.push(unplayed(placed));
            }
            break;
        };
        if let StepOutcome::Blocked(reason) = &fact.outcome {
            findings.push(Finding {
                rule: "step".to_owned(),
                title: format!("the page did not let this step happen: {}", placed.title),
                expected: placed.title.clone(),
                actual: reason.clone(),
                evidence: vec![seq],
                location: Some(location(&placed.location)),
            });
            break;
        }
        let known = Known {
            all: events,
            observed: up_to(events, seq),
            decided: up_to(events, fact.decided_at.unwrap_or(seq)),
        };
        for expectation in placed.expectations() {
            let outcome = outcome(expectation, &known, context);
            if !outcome.holds {
                findings.push(broken(expectation, outcome, seq));
            }
        }
    }
    findings.extend(invariant::all(events, context));
    let findings = findings
        .into_iter()
        .map(|finding| redacted(finding, context))
        .collect();
    tolerated(findings, play, context)
}

/// A finding without canaries: what a scenario expects may hold some, and findings leave the run directory.
fn redacted(finding: Finding, context: &Context) -> Finding {
    Finding {
        title: context.redacted_text(&finding.title),
        expected: context.redacted_text(&finding.expected),
        actual: context.redacted_text(&finding.actual),
        ..finding
    }
}

/// How much is still to come before a run can be judged: telemetry that was handed over and has not
/// arrived, and telemetry that the scenario expects and has not seen.
pub fn pending_at_the_end<E: Deref<Target = Event>>(events: &[E], play: &Play, context: &Context) -> usize {
    let expected = play
        .steps
        .iter()
        .filter(|placed| step(events, placed.index).is_some())
        .flat_map(scenarios::PlacedStep::expectations)
        .filter(|placed| matches!(placed.value, Expectation::Telemetry(_)))
        .filter(|placed| !check(&placed.value, events, context).holds)
        .count();
    expected + invariant::lost(events)
}

/// How many requests were refused of which nothing says yet who asked. A page may tell a moment later than the gateway.
pub fn unexplained_refusals<E: Deref<Target = Event>>(events: &[E]) -> usize {
    invariant::unexplained(events)
}

/// What an expectation is judged by, depending on its kind.
struct Known<'journal, E> {
    /// The whole run: telemetry may come late.
    all: &'journal [E],
    /// Up to the end of the step: what was seen of the page is noted after the decision.
    observed: &'journal [E],
    /// What the runner decided on.
    decided: &'journal [E],
}

fn outcome<E: Deref<Target = Event>>(
    placed: &PlacedExpectation,
    known: &Known<'_, E>,
    context: &Context,
) -> Outcome {
    match &placed.value {
        Expectation::Telemetry(_) => check(&placed.value, known.all, context),
        Expectation::Page(_)
        | Expectation::Url(_)
        | Expectation::Title(_)
        | Expectation::Frame(_)
        | Expectation::Storage(_)
        | Expectation::Cookie(_)
        | Expectation::Accessibility(_) => {
            let (seq, seen) = observation(known.observed, &placed.path);
            let mut outcome = check_observation(&placed.value, seen, context);
            outcome.evidence.extend(seq);
            outcome
        }
        _ => check(&placed.value, known.decided, context),
    }
}

fn unplayed(placed: &scenarios::PlacedStep) -> Finding {
    Finding {
        rule: "step".to_owned(),
        title: format!("this step was never played: {}", placed.title),
        expected: placed.title.clone(),
        actual: "the run ended before it, for no reason that is known".to_owned(),
        evidence: Vec::new(),
        location: Some(location(&placed.location)),
    }
}

fn observation<'journal, E: Deref<Target = Event>>(
    events: &'journal [E],
    path: &str,
) -> (Option<Sequence>, &'journal Value) {
    events
        .iter()
        .rev()
        .find_map(|event| match &event.fact {
            Fact::Observation(observation) if observation.expectation == path => {
                Some((Some(event.seq), &observation.seen))
            }
            _ => None,
        })
        .unwrap_or((None, &Value::Null))
}

fn step<E: Deref<Target = Event>>(events: &[E], index: usize) -> Option<(Sequence, &StepFact)> {
    events.iter().find_map(|event| match &event.fact {
        Fact::Step(step) if step.index == index => Some((event.seq, step)),
        _ => None,
    })
}

fn up_to<E: Deref<Target = Event>>(events: &[E], seq: Sequence) -> &[E] {
    let end = events.partition_point(|event| event.seq <= seq);
    &events[..end]
}

fn broken(placed: &PlacedExpectation, outcome: Outcome, step: Sequence) -> Finding {
    let evidence = if outcome.evidence.is_empty() {
        vec![step]
    } else {
        outcome.evidence
    };
    Finding {
        rule: "expect".to_owned(),
        title: format!("expected {}", outcome.expected),
        expected: outcome.expected,
        actual: outcome.actual,
        evidence,
        location: Some(location(&placed.location)),
    }
}

/// Takes out what the scenario tolerates. A tolerance that met nothing is itself a finding: it would hide
/// the next real one.
fn tolerated(findings: Vec<Finding>, play: &Play, context: &Context) -> Vec<Finding> {
    let mut left = findings;
    for tolerance in &play.tolerate {
        let before = left.len();
        let rule = &tolerance.value.rule;
        let containing = tolerance.value.containing.as_deref();
        left.retain(|finding| {
            let text_fits = containing.is_none_or(|text| {
                [&finding.title, &finding.actual]
                    .into_iter()
                    .any(|told| context.revealed_text(told).contains(text))
            });
            !(finding.rule == *rule && text_fits)
        });
        if left.len() == before {
            left.push(Finding {
                rule: "tolerate".to_owned(),
                title: format!("nothing broke {rule}, though the scenario says that something does"),
                expected: format!(
                    "a finding of {rule}{}",
                    containing
                        .map(|text| format!(" containing `{}`", context.redacted_text(text)))
                        .unwrap_or_default()
                ),
                actual: "none".to_owned(),
                evidence: Vec::new(),
                location: Some(location(&tolerance.location)),
            });
        }
    }
    left
}

fn location(location: &scenarios::Location) -> Location {
    Location {
        file: location.file.display().to_string(),
        line: location.line,
        column: location.column,
    }
}
