//! What both telemetry intakes do alike: each event is told once, and doubled arrivals are told as such.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use journal::Fact;
use journal::fact::Telemetry;
use serde_json::{Value, json};

use crate::desk::Call;
use crate::scene::Scene;

/// Events seen by one intake.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<BTreeSet<String>>);

impl Seen {
    /// Tells the journal of an arrival: a `telemetry` fact for the first, a domain fact `event-doubled` for
    /// every further one of the same identity.
    pub(crate) fn arrived(&self, scene: &Scene, call: &Call, event: Telemetry) {
        let first = event.identity.is_empty()
            || self
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(event.identity.clone());
        let sink = event.sink.clone();
        if first {
            scene.record(&sink, call.exchange, Fact::Telemetry(event));
        } else {
            let data = json!({"event": event.event, "name": event.name, "identity": event.identity, "transport": event.transport});
            scene.tell(&sink, call.exchange, "event-doubled", data);
        }
    }

    /// How many different events arrived.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// How a request travelled, for people: content type and what else is known.
pub(crate) fn transport(call: &Call, more: &[Option<&str>]) -> String {
    let media_type = call.media_type();
    let media_type = if media_type.is_empty() {
        "no content type".to_owned()
    } else {
        media_type
    };
    let mut parts = vec![media_type];
    parts.extend(more.iter().flatten().map(|&part| part.to_owned()));
    parts.join("; ")
}

/// A text at a path of members; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
