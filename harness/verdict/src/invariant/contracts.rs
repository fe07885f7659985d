//! ALL-05: every request to a mock matches the mock's contract, and meets a route.

use std::ops::Deref;

use journal::{Event, Fact, Finding};

use super::finding;

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E]) -> Vec<Finding> {
    events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::ContractViolation(violation) => Some(finding(
                "ALL-05",
                format!(
                    "a request broke the contract of {}: {}",
                    violation.mock, violation.operation
                ),
                "requests as the contract has them",
                violation.errors.join("; "),
                vec![event.seq],
            )),
            Fact::Unrouted(unrouted) => Some(finding(
                "ALL-05",
                format!(
                    "{} has no route for {} {}",
                    unrouted.mock, unrouted.method, unrouted.path
                ),
                "requests to routes that exist",
                format!("{} {}", unrouted.method, unrouted.path),
                vec![event.seq],
            )),
            _ => None,
        })
        .collect()
}
