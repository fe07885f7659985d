//! What an event says, in one line.

use journal::fact::{NavigationStage, StepOutcome, Telemetry, WireDirection};
use journal::{Event, Fact};
use serde_json::Value;

/// Longest label, in characters; a report shows the rest in its panel.
const LONGEST: usize = 160;

/// One line for a list of events.
pub(super) fn of(event: &Event) -> String {
    let text = match &event.fact {
        Fact::Request(fact) => format!("{} {}", fact.method, fact.url),
        Fact::Response(fact) => format!("{}, {} bytes", fact.status, fact.body.size),
        Fact::Aborted(fact) => fact.reason.clone(),
        Fact::Refused(fact) => format!("{} ({})", fact.authority, words(&fact.reason)),
        Fact::TlsFailed(fact) => format!("{}: {}", fact.authority, fact.reason),
        Fact::WebSocketFrame(fact) => {
            let way = match fact.direction {
                WireDirection::ToServer => "to server",
                WireDirection::ToClient => "to client",
            };
            let text = fact.payload.text.as_deref().unwrap_or_default();
            format!("{} {way}: {text}", fact.opcode)
        }
        Fact::FaultApplied(fact) => format!("{}: {}", fact.fault, fact.detail),
        Fact::Rewritten(fact) => format!("{} matched {} times", fact.rewrite, fact.matches),
        Fact::ContextOpened(fact) => {
            let what = if fact.parent.is_some() { "frame" } else { "tab" };
            format!("{what} {}", fact.url)
        }
        Fact::ContextClosed(fact) => fact.url.clone(),
        Fact::Navigation(fact) => {
            let what = if fact.top_level { "tab" } else { "frame" };
            format!("{what} {}: {}", stage(fact.stage), fact.url)
        }
        Fact::MessageSent(fact) => format!(
            "{} → {}: {}",
            fact.from.origin,
            fact.target_origin,
            message(&fact.data)
        ),
        Fact::MessageReceived(fact) => {
            format!("{} at {}: {}", fact.origin, fact.at.origin, message(&fact.data))
        }
        Fact::Console(fact) => format!("{}: {}", fact.level, fact.text),
        Fact::PageError(fact) => fact.text.clone(),
        Fact::CspViolation(fact) => format!("{} blocked {}", fact.directive, fact.blocked),
        Fact::MixedContent(fact) => format!("mixed content: {}", fact.url),
        Fact::LoadFailed(fact) => fact.url.clone(),
        Fact::Motion(fact) => format!("{} of {}", fact.name, fact.element),
        Fact::Handed(fact) => format!("{}: {}", fact.sink, fact.event),
        Fact::Domain(fact) => format!("{}: {}", fact.mock, fact.name),
        Fact::ContractViolation(fact) => format!("{}: {}", fact.operation, fact.errors.join("; ")),
        Fact::Unrouted(fact) => format!("{}: {} {}", fact.mock, fact.method, fact.path),
        Fact::Telemetry(fact) => format!("{}: {}", fact.sink, telemetry(fact)),
        Fact::WorldUp(fact) => format!("{}, {} origins", fact.world, fact.origins.len()),
        Fact::Phase(fact) => format!("{} took {}", words(&fact.name), duration(fact.duration_us)),
        Fact::Step(fact) => match &fact.outcome {
            StepOutcome::Done => fact.title.clone(),
            StepOutcome::Blocked(reason) => format!("{}: blocked: {reason}", fact.title),
            StepOutcome::Broken(reason) => format!("{}: broken: {reason}", fact.title),
        },
        Fact::Observation(fact) => format!("{}: {}", fact.expectation, json(&fact.seen)),
        Fact::Settled(fact) if fact.restless.is_empty() => format!("at rest after {} rounds", fact.rounds),
        Fact::Settled(fact) => format!("still moving: {}", fact.restless.join(", ")),
        Fact::ClockMoved(fact) => format!(
            "{} ahead, {} timers fired",
            duration(u64::try_from(fact.by_ms).unwrap_or(0).saturating_mul(1000)),
            fact.timers
        ),
        Fact::Staged(fact) => format!("{}: {}", fact.subject, json(&fact.direction)),
        Fact::Mark(fact) => fact.name.clone(),
        Fact::Screenshot(fact) => fact.file.clone(),
        Fact::Answer(fact) => format!("{}: {}", fact.question, json(&serde_json::json!(fact.observed))),
    };
    line(&text)
}

/// A text as one line of bounded length.
pub(super) fn line(text: &str) -> String {
    let mut line = String::new();
    for (length, character) in text.chars().enumerate() {
        if length == LONGEST {
            line.push('…');
            break;
        }
        line.push(if character.is_control() { ' ' } else { character });
    }
    line
}

/// What a message is about: its `type` or `msg` where it has one, else its fields.
pub(super) fn message(data: &Value) -> String {
    let named = ["type", "msg", "event", "action", "kind"]
        .iter()
        .find_map(|key| data.get(key).and_then(Value::as_str));
    match (named, data) {
        (Some(name), _) => line(name),
        (None, Value::Object(fields)) => {
            let keys: Vec<&str> = fields.keys().map(String::as_str).collect();
            line(&format!("{{{}}}", keys.join(", ")))
        }
        (None, other) => line(&json(other)),
    }
}

/// What a telemetry event is: the name in its own terms.
pub(super) fn telemetry(fact: &Telemetry) -> String {
    match fact.event.as_str() {
        "action" | "error" | "vital" => line(&format!("{} {}", fact.event, fact.name)),
        other => line(other),
    }
}

/// How far a navigation came, in words.
pub(super) fn stage(stage: NavigationStage) -> &'static str {
    match stage {
        NavigationStage::Started => "started",
        NavigationStage::Committed => "committed",
        NavigationStage::Loaded => "loaded",
        NavigationStage::Failed => "failed",
        NavigationStage::SameDocument => "same document",
    }
}

/// A value as compact JSON, cut.
pub(super) fn json(value: &Value) -> String {
    line(&value.to_string())
}

/// A unit enum as the journal writes it.
pub(super) fn words<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text.replace('-', " "),
        _ => String::new(),
    }
}

fn duration(us: u64) -> String {
    let ms = us / 1000;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        60_000..3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
        _ => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}
