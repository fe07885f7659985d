//! What happened on one lane: steps and phases, the console, mocks, faults, the stage.

use std::collections::HashMap;
use std::sync::Arc;

use journal::fact::{Frame, PhaseName, StepOutcome};
use journal::{Event, ExchangeId, Fact, Source};

use super::super::label;
use super::Time;
use super::lanes::{Lanes, origin_of};
use super::row::{Kind, Row, Tone};

/// Rows for all facts that are neither requests nor windows' doings.
pub(super) fn rows(events: &[Arc<Event>], time: Time, lanes: &mut Lanes) -> Vec<Row> {
    let servers: HashMap<ExchangeId, &str> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Request(request) => Some((request.exchange, request.url.as_str())),
            _ => None,
        })
        .collect();
    events
        .iter()
        .filter_map(|event| {
            let mut row = row(event, time)?;
            if !row.is_band() {
                row.from = lane(event, &servers, lanes);
            }
            Some(row)
        })
        .collect()
}

fn row(event: &Event, time: Time) -> Option<Row> {
    let t = time.of(event.at.wall_us);
    let note = |tone: Tone, detail: &str| {
        let mut row = Row::new(Kind::Note, t, label::of(event), vec![event.seq]);
        row.tone = tone;
        detail.clone_into(&mut row.detail);
        Some(row)
    };
    let told = |tone: Tone, text: &str, detail: &str| {
        let mut row = Row::new(Kind::Note, t, label::line(text), vec![event.seq]);
        row.tone = tone;
        row.detail = label::line(detail);
        Some(row)
    };
    match &event.fact {
        Fact::Step(step) => {
            let began = t.saturating_sub(i64::try_from(step.duration_us).unwrap_or(i64::MAX));
            let mut row = Row::new(Kind::Step, began, label::line(&step.title), vec![event.seq]);
            row.took = Some(step.duration_us);
            match &step.outcome {
                StepOutcome::Done => {}
                StepOutcome::Blocked(reason) => {
                    row.tone = Tone::Bad;
                    row.detail = label::line(&format!("blocked: {reason}"));
                }
                StepOutcome::Broken(reason) => {
                    row.tone = Tone::Bad;
                    row.detail = label::line(&format!("broken: {reason}"));
                }
            }
            Some(row)
        }
        // Driving is told by its steps; nothing crosses a border while a run is judged and written.
        Fact::Phase(phase) if matches!(phase.name, PhaseName::Prepare | PhaseName::Settle) => {
            let began = t.saturating_sub(i64::try_from(phase.duration_us).unwrap_or(i64::MAX));
            let mut row = Row::new(Kind::Phase, began, label::words(&phase.name), vec![event.seq]);
            row.took = Some(phase.duration_us);
            Some(row)
        }
        Fact::Observation(observation) => {
            let mut row = Row::new(Kind::State, t, label::json(&observation.seen), vec![event.seq]);
            row.detail = label::line(&observation.expectation);
            row.tone = Tone::Quiet;
            Some(row)
        }
        Fact::Console(console) => note(
            match console.level.as_str() {
                "error" => Tone::Bad,
                "warn" => Tone::Warn,
                _ => Tone::Quiet,
            },
            "console",
        ),
        Fact::PageError(error) => note(
            Tone::Bad,
            if error.rejection {
                "unhandled rejection"
            } else {
                "uncaught error"
            },
        ),
        Fact::CspViolation(_) => note(Tone::Bad, "content security policy"),
        Fact::MixedContent(_) => note(Tone::Bad, "mixed content"),
        Fact::LoadFailed(_) => note(Tone::Quiet, "did not load"),
        Fact::Motion(_) => note(Tone::Quiet, "motion"),
        Fact::Handed(fact) => told(Tone::Quiet, &fact.event, &format!("handed to {}", fact.sink)),
        Fact::Domain(fact) => told(Tone::Plain, &fact.name, &label::json(&fact.data)),
        Fact::ContractViolation(_) => note(Tone::Bad, "contract violated"),
        Fact::Unrouted(_) => note(Tone::Bad, "no such route"),
        Fact::FaultApplied(_) => note(Tone::Warn, "fault"),
        Fact::Rewritten(_) => note(Tone::Warn, "rewritten"),
        Fact::Settled(settled) => note(
            if settled.restless.is_empty() {
                Tone::Quiet
            } else {
                Tone::Warn
            },
            "settled",
        ),
        Fact::ClockMoved(_) => note(Tone::Plain, "clock"),
        Fact::Staged(_) => note(Tone::Plain, "staged"),
        Fact::Mark(_) => note(Tone::Quiet, "mark"),
        Fact::Answer(_) => note(Tone::Plain, "answer"),
        _ => None,
    }
}

/// The lane that a fact belongs to; none for one that concerns the whole stage.
fn lane(event: &Event, servers: &HashMap<ExchangeId, &str>, lanes: &mut Lanes) -> Option<usize> {
    let frame: Option<&Frame> = match &event.fact {
        Fact::Console(fact) => fact.frame.as_ref(),
        Fact::PageError(fact) => fact.frame.as_ref(),
        Fact::CspViolation(fact) => fact.frame.as_ref(),
        Fact::MixedContent(fact) => Some(&fact.frame),
        Fact::LoadFailed(fact) => Some(&fact.frame),
        Fact::Motion(fact) => Some(&fact.frame),
        Fact::Handed(fact) => Some(&fact.frame),
        _ => None,
    };
    if let Some(frame) = frame {
        return Some(lanes.page(&frame.origin));
    }
    let exchange = match &event.fact {
        Fact::FaultApplied(fact) => Some(fact.exchange),
        Fact::Rewritten(fact) => Some(fact.exchange),
        _ => event.exchange,
    };
    if let Some(url) = exchange.and_then(|exchange| servers.get(&exchange)) {
        return Some(lanes.server(&origin_of(url)));
    }
    match (&event.source, &event.fact) {
        (Source::Mock(name), _) => {
            let origin = lanes.origin_named(name)?;
            Some(lanes.server(&origin))
        }
        (Source::Page | Source::Browser, _) | (_, Fact::Observation(_)) => Some(lanes.browser()),
        _ => None,
    }
}
