//! SETTLE: the world comes to rest. While it does not, the absence of anything is unproven.

use std::ops::Deref;

use journal::{Event, Fact, Finding};

use super::finding;

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E]) -> Vec<Finding> {
    events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Settled(settled) if !settled.restless.is_empty() => Some(finding(
                "SETTLE",
                "the world did not come to rest".to_owned(),
                "nothing in flight, every frame idle",
                settled.restless.join("; "),
                vec![event.seq],
            )),
            _ => None,
        })
        .collect()
}
