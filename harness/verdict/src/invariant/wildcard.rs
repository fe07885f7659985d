//! ALL-04: no `postMessage` with target origin `*` that carries a canary.

use std::ops::Deref;

use journal::{Event, Fact, Finding};

use super::finding;
use crate::Context;

/// The rule's id.
pub(super) const RULE: &str = "ALL-04";

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E], context: &Context) -> Vec<Finding> {
    events
        .iter()
        .filter_map(|event| {
            let event: &Event = event;
            let Fact::MessageSent(sent) = &event.fact else {
                return None;
            };
            if sent.staged || sent.target_origin != "*" {
                return None;
            }
            let carried: Vec<&str> = event
                .sightings
                .iter()
                .filter(|sighting| sighting.place.starts_with("/data"))
                .map(|sighting| sighting.canary.as_str())
                .collect();
            (!carried.is_empty()).then(|| {
                finding(
                    RULE,
                    format!(
                        "{} posted {} to whoever listens",
                        context.name_of(&sent.from.origin),
                        carried.join(", ")
                    ),
                    "an exact target origin for a message that carries a secret or personal data",
                    "target origin *".to_owned(),
                    vec![event.seq],
                )
            })
        })
        .collect()
}
