//! What holds in every run, unless a scenario says otherwise: one file a rule.

mod circles;
mod conservation;
mod contracts;
mod leaks;
mod refusals;
mod rest;
mod trouble;
mod wildcard;

use std::ops::Deref;

use journal::{Event, Finding, Sequence};

use crate::Context;

pub(crate) use conservation::lost;
pub use leaks::STORAGE;
pub(crate) use refusals::unexplained;

/// Every invariant over the whole journal.
pub(crate) fn all<E: Deref<Target = Event>>(events: &[E], context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(refusals::findings(events));
    findings.extend(trouble::findings(events));
    findings.extend(leaks::findings(events, context));
    findings.extend(wildcard::findings(events, context));
    findings.extend(contracts::findings(events));
    findings.extend(conservation::findings(events, context));
    findings.extend(circles::findings(events));
    findings.extend(rest::findings(events));
    findings
}

/// Whether a rule can only be judged with page instrumentation: what a page sends, and what it hands to telemetry.
#[must_use]
pub fn needs_instrumentation(rule: &str) -> bool {
    [wildcard::RULE, conservation::RULE].contains(&rule)
}

fn finding(rule: &str, title: String, expected: &str, actual: String, evidence: Vec<Sequence>) -> Finding {
    Finding {
        rule: rule.to_owned(),
        title,
        expected: expected.to_owned(),
        actual,
        evidence,
        location: None,
    }
}

/// How often something was seen, in words.
fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        _ => format!("{count} times"),
    }
}

/// A URL without query and fragment: a state, a code or a batch's number differs each time.
fn address(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
