//! One scenario's part of the report: its diagram, steps and events.

use std::collections::HashSet;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use journal::fact::{PhaseName, StepOutcome, WorldUp};
use journal::run::ScenarioRecord;
use journal::{Event, Fact, Location, Sequence, Sighting};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use super::diagram::{self, Diagram};
use super::{label, trim};
use crate::Options;
use crate::directory::{Trace, folder, picture_size, picture_type};

/// What stays as it is in a part of a relative URL.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// What the page parses when a scenario is opened.
#[derive(Debug, Serialize)]
pub(super) struct Detail<'trace> {
    notes: &'trace [String],
    began_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    world: Option<&'trace WorldUp>,
    #[serde(flatten)]
    diagram: Diagram,
    steps: Vec<StepCard<'trace>>,
    /// Screenshots that belong to no step.
    shots: Vec<Shot>,
    events: Vec<Line<'trace>>,
    /// Relative URL of the scenario's folder, empty where it has none.
    files: String,
}

#[derive(Debug, Serialize)]
struct StepCard<'trace> {
    index: usize,
    title: &'trace str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'trace Location>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'trace str>,
    seq: Sequence,
    t: i64,
    took: u64,
    /// Events of this kind that fall into it.
    observations: Vec<Sequence>,
    shots: Vec<Shot>,
}

#[derive(Debug, Serialize)]
struct Shot {
    file: String,
    src: String,
}

/// An event; names are short because there are many.
#[derive(Debug, Serialize)]
struct Line<'trace> {
    /// Sequence.
    q: Sequence,
    /// Microseconds since the first event.
    t: i64,
    /// Milliseconds that the world's clock is ahead of the machine's.
    #[serde(skip_serializing_if = "is_zero")]
    v: i64,
    /// Source.
    s: String,
    /// Label.
    l: String,
    /// Exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<u64>,
    /// Sightings.
    #[serde(skip_serializing_if = "<[Sighting]>::is_empty")]
    n: &'trace [Sighting],
    /// Fact, trimmed.
    f: Value,
}

/// Projects a scenario's journal. Its screenshots are put `inside`, or pointed to.
pub(super) fn of<'trace>(
    run: &Path,
    scenario: &ScenarioRecord,
    trace: &'trace Trace,
    options: &Options,
    inside: bool,
) -> Detail<'trace> {
    let began_us = trace.events.iter().map(|event| began(event)).min().unwrap_or(0);
    let evidence: HashSet<Sequence> = scenario
        .findings
        .iter()
        .flat_map(|finding| finding.evidence.iter().copied())
        .collect();
    let diagram = diagram::of(&trace.events, began_us, &evidence);
    let folder = folder(run, scenario);
    let files = match (&folder, &scenario.folder) {
        (Some(_), Some(name)) => relative_url(name),
        _ => String::new(),
    };
    let mut steps = steps(&trace.events, began_us);
    let mut loose = Vec::new();
    for event in &trace.events {
        match &event.fact {
            Fact::Screenshot(screenshot) => {
                let Some(shot) = folder
                    .as_deref()
                    .and_then(|folder| shot(folder, &files, &screenshot.file, inside))
                else {
                    continue;
                };
                match steps.iter_mut().find(|step| step.index == screenshot.step) {
                    Some(step) => step.shots.push(shot),
                    None => loose.push(shot),
                }
            }
            Fact::Observation(_) => {
                // An observation is journalled while its step runs, before the step's own event.
                if let Some(step) = steps.iter_mut().find(|step| event.seq < step.seq) {
                    step.observations.push(event.seq);
                }
            }
            _ => {}
        }
    }
    Detail {
        notes: &trace.notes,
        began_us,
        world: trace.events.iter().find_map(|event| match &event.fact {
            Fact::WorldUp(world) => Some(world),
            _ => None,
        }),
        diagram,
        steps,
        shots: loose,
        events: trace
            .events
            .iter()
            .map(|event| line(event, began_us, options))
            .collect(),
        files,
    }
}

fn steps(events: &[std::sync::Arc<Event>], began_us: u64) -> Vec<StepCard<'_>> {
    events
        .iter()
        .filter_map(|event| {
            let Fact::Step(step) = &event.fact else {
                return None;
            };
            let (outcome, reason) = match &step.outcome {
                StepOutcome::Done => ("done", None),
                StepOutcome::Blocked(reason) => ("blocked", Some(reason.as_str())),
                StepOutcome::Broken(reason) => ("broken", Some(reason.as_str())),
            };
            Some(StepCard {
                index: step.index,
                title: &step.title,
                location: step.location.as_ref(),
                outcome,
                reason,
                seq: event.seq,
                t: since(event.at.wall_us.saturating_sub(step.duration_us), began_us),
                took: step.duration_us,
                observations: Vec::new(),
                shots: Vec::new(),
            })
        })
        .collect()
}

/// When what an event tells of began.
fn began(event: &Event) -> u64 {
    let took = match &event.fact {
        Fact::Step(step) => step.duration_us,
        // The other phases follow; only this one may begin before the first event.
        Fact::Phase(phase) if phase.name == PhaseName::Prepare => phase.duration_us,
        _ => 0,
    };
    event.at.wall_us.saturating_sub(took)
}

fn line<'trace>(event: &'trace Event, began_us: u64, options: &Options) -> Line<'trace> {
    let wall_ms = i64::try_from(event.at.wall_us / 1000).unwrap_or(i64::MAX);
    let ahead = event.at.virtual_ms.saturating_sub(wall_ms);
    Line {
        q: event.seq,
        t: since(event.at.wall_us, began_us),
        // The two clocks are read one after the other, so they may differ by a tick without an advance.
        v: if ahead.unsigned_abs() > 5 { ahead } else { 0 },
        s: event.source.to_string(),
        l: label::of(event),
        x: event.exchange.map(|exchange| exchange.0),
        n: &event.sightings,
        f: trim::fact(event, options.body_limit),
    }
}

fn since(wall_us: u64, began_us: u64) -> i64 {
    let signed = |us: u64| i64::try_from(us).unwrap_or(i64::MAX);
    signed(wall_us).saturating_sub(signed(began_us))
}

/// A screenshot that lies in the scenario's folder.
fn shot(folder: &Path, files: &str, file: &str, inside: bool) -> Option<Shot> {
    let plain = !file.is_empty() && !file.contains(['/', '\\']) && !file.starts_with('.');
    if !plain {
        return None;
    }
    let path = folder.join(file);
    picture_size(&path)?;
    let media_type = picture_type(&path)?;
    let src = if inside {
        let bytes = std::fs::read(&path).ok()?;
        format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
    } else {
        format!("{files}/{}", utf8_percent_encode(file, PART))
    };
    Some(Shot {
        file: file.to_owned(),
        src,
    })
}

/// A folder's name as a URL that is relative whatever it contains.
fn relative_url(folder: &str) -> String {
    let parts: Vec<String> = folder
        .split(['/', '\\'])
        .map(|part| utf8_percent_encode(part, PART).to_string())
        .collect();
    format!("./{}", parts.join("/"))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}
