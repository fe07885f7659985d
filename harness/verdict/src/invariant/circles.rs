//! LOOP: nobody is sent round in circles, as between an application that sees no session and a single sign-on that
//! sees one.

use std::ops::Deref;

use journal::fact::Request;
use journal::{Event, Fact, Finding, Sequence};

use super::{address, finding};

/// Between two steps of the scenario, a document is asked for fewer times than this. A sign-in that comes back to
/// where it began, twice, is no circle.
const TIMES: usize = 5;

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut asked: Vec<(Sequence, &str)> = Vec::new();
    for event in events {
        match &event.fact {
            Fact::Request(request) if is_for_a_tab(request) => asked.push((event.seq, address(&request.url))),
            Fact::Step(_) => findings.extend(circle(&std::mem::take(&mut asked))),
            _ => {}
        }
    }
    findings.extend(circle(&asked));
    findings
}

/// The first address that was asked for too often, with those on the way from it to itself.
fn circle(asked: &[(Sequence, &str)]) -> Option<Finding> {
    let times = |address: &str| asked.iter().filter(|(_, other)| *other == address).count();
    let begin = asked.iter().position(|(_, address)| times(address) >= TIMES)?;
    let (_, first) = asked[begin];
    let mut round: Vec<&str> = vec![first];
    let rest = asked[begin + 1..].iter().map(|(_, address)| *address);
    round.extend(rest.take_while(|address| *address != first));
    let evidence = asked.iter().filter(|(_, address)| *address == first);
    Some(finding(
        "LOOP",
        "the browser was sent round in circles".to_owned(),
        "documents that follow each other come to an end without anybody's doing",
        format!("{} → … {} times", round.join(" → "), times(first)),
        evidence.map(|(seq, _)| *seq).collect(),
    ))
}

/// Whether a request is for the document of a tab (Fetch Metadata Request Headers, §2.1).
fn is_for_a_tab(request: &Request) -> bool {
    request.header("sec-fetch-dest") == Some("document")
}
