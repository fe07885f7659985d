//! ALL-01: no request leaves the simulated world.

use std::ops::Deref;

use journal::fact::Refusal;
use journal::{Event, Fact, Finding};

use super::finding;
use crate::matcher::refusal_name;

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E]) -> Vec<Finding> {
    events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Refused(refused) if refused.reason != Refusal::Quarantine => {
                let asked_by = refused
                    .asked_by
                    .as_deref()
                    .unwrap_or("somebody (the request does not say who)");
                Some(finding(
                    "ALL-01",
                    format!("{} was asked for, which is not in this world", refused.authority),
                    "requests to origins of the world only",
                    format!(
                        "{asked_by} asked for {}: {}",
                        refused.authority,
                        refusal_name(refused.reason)
                    ),
                    vec![event.seq],
                ))
            }
            _ => None,
        })
        .collect()
}
