//! ALL-06: what a page handed to a telemetry SDK arrived at the intake, each identity counted once.

use std::collections::BTreeMap;
use std::ops::Deref;

use journal::{Event, Fact, Finding, Sequence};

use super::finding;
use crate::Context;
use crate::matcher::arrivals;

/// The rule's id.
pub(super) const RULE: &str = "ALL-06";

#[derive(Default)]
struct Account {
    handed: Vec<Sequence>,
    /// Once for each identity: SDKs deliver at least once, and send again after an unload what a beacon may
    /// have carried already, under the same identity, so that the intake can tell.
    arrived: Vec<Sequence>,
}

fn accounts<E: Deref<Target = Event>>(events: &[E]) -> BTreeMap<(&str, &str), Account> {
    let mut accounts: BTreeMap<(&str, &str), Account> = BTreeMap::new();
    for event in events {
        let event: &Event = event;
        if let Fact::Handed(handed) = &event.fact {
            accounts
                .entry((&handed.sink, &handed.event))
                .or_default()
                .handed
                .push(event.seq);
        }
    }
    for (seq, arrived) in arrivals(events) {
        if let Some(account) = accounts.get_mut(&(arrived.sink.as_str(), arrived.name.as_str())) {
            account.arrived.push(seq);
        }
    }
    accounts
}

/// How many events were handed over and have not arrived.
pub(crate) fn lost<E: Deref<Target = Event>>(events: &[E]) -> usize {
    accounts(events)
        .values()
        .map(|account| account.handed.len().saturating_sub(account.arrived.len()))
        .sum()
}

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E], context: &Context) -> Vec<Finding> {
    if context.pristine {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for ((sink, name), account) in accounts(events) {
        let (handed, arrived) = (account.handed.len(), account.arrived.len());
        if handed != arrived {
            let word = if arrived < handed { "lost" } else { "multiplied" };
            findings.push(finding(
                RULE,
                format!("telemetry was {word}: {sink} `{name}`"),
                "every event handed to the SDK arrives, and no other",
                format!("handed over {handed} times, arrived {arrived} times"),
                account.handed.iter().chain(&account.arrived).copied().collect(),
            ));
        }
    }
    findings
}
