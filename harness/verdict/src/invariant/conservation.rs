//! ALL-06: what a page handed to a telemetry SDK arrived at the intake, each identity counted once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use journal::fact::{LoadFailed, NavigationStage};
use journal::{Event, Fact, Finding, Sequence};

use super::{address, finding, times};
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
            let mut actual = format!("handed over {}, arrived {}", times(handed), times(arrived));
            let mut evidence: Vec<Sequence> =
                account.handed.iter().chain(&account.arrived).copied().collect();
            if arrived < handed {
                let given_up = GivenUp::after(events, &account.handed);
                actual.push_str(&given_up.told());
                evidence.extend(given_up.evidence);
            }
            findings.push(finding(
                RULE,
                format!("telemetry was {word}: {sink} `{name}`"),
                "every event handed to the SDK arrives, and no other",
                actual,
                evidence,
            ));
        }
    }
    findings
}

/// Requests that came to nothing in the very documents that had handed events over: the usual way for telemetry to be lost
/// is an ordinary `fetch` that the browser gives up with the page that sent it.
struct GivenUp<'journal> {
    addresses: BTreeSet<&'journal str>,
    evidence: Vec<Sequence>,
}

impl<'journal> GivenUp<'journal> {
    fn after<E: Deref<Target = Event>>(events: &'journal [E], handed: &[Sequence]) -> Self {
        let mut frames = BTreeSet::new();
        let mut given_up = Self {
            addresses: BTreeSet::new(),
            evidence: Vec::new(),
        };
        for event in events {
            let event: &Event = event;
            match &event.fact {
                Fact::Handed(one) if handed.contains(&event.seq) => {
                    frames.insert(one.frame.context.as_str());
                }
                Fact::Navigation(one) if one.stage == NavigationStage::Committed => {
                    frames.remove(one.context.as_str());
                }
                Fact::LoadFailed(LoadFailed { frame, url }) if frames.contains(frame.context.as_str()) => {
                    given_up.addresses.insert(address(url));
                    given_up.evidence.push(event.seq);
                }
                _ => {}
            }
        }
        given_up
    }

    /// What a reader is told of them, to be put behind a sentence; nothing where there are none.
    fn told(&self) -> String {
        if self.addresses.is_empty() {
            return String::new();
        }
        let addresses: Vec<&str> = self.addresses.iter().copied().collect();
        format!(
            "; the page that handed it over had requests that came to nothing, as they do when it is left meanwhile: {}",
            addresses.join(", ")
        )
    }
}
