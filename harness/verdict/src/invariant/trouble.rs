//! ALL-02: no uncaught error, unhandled rejection, console error, CSP violation, mixed content or refusal to be embedded.

use std::collections::BTreeSet;
use std::ops::Deref;

use journal::fact::{Frame, MixedContent};
use journal::{Event, Fact, Finding, Sequence};

use super::finding;
use crate::framing;

const EXPECTED: &str = "pages without errors or violations";

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E]) -> Vec<Finding> {
    let framing = framing::refused(events).into_iter().map(|refused| {
        finding(
            "ALL-02",
            format!("a document did not let itself be embedded: {}", refused.url),
            EXPECTED,
            format!("its {} leaves out the page that tried", refused.directive),
            vec![refused.seq],
        )
    });
    events
        .iter()
        .filter_map(|event| {
            let (title, actual) = match &event.fact {
                Fact::PageError(error) => {
                    let what = if error.rejection {
                        "an unhandled rejection"
                    } else {
                        "an uncaught error"
                    };
                    let script = error
                        .script
                        .as_deref()
                        .map(|script| format!(" ({script})"))
                        .unwrap_or_default();
                    (
                        format!("{what} in {}", place(error.frame.as_ref())),
                        format!("{}{script}", error.text),
                    )
                }
                Fact::Console(console) if console.level == "error" => (
                    format!("a console error in {}", place(console.frame.as_ref())),
                    console.text.clone(),
                ),
                Fact::CspViolation(violation) if violation.disposition != "report" => (
                    format!("a CSP violation in {}", place(violation.frame.as_ref())),
                    format!("{} blocked {}", violation.directive, violation.blocked),
                ),
                _ => return None,
            };
            Some(finding("ALL-02", title, EXPECTED, actual, vec![event.seq]))
        })
        .chain(framing)
        .chain(mixed_content(events))
        .collect()
}

/// Mixed content, once for each address: browsers tell of one load several times (when they look ahead, and when they
/// load), and of one frame's load by more than one way.
fn mixed_content<E: Deref<Target = Event>>(events: &[E]) -> Vec<Finding> {
    let mut blocked: Vec<(&str, BTreeSet<&str>, Vec<Sequence>)> = Vec::new();
    for event in events {
        let event: &Event = event;
        let Fact::MixedContent(MixedContent { frame, url }) = &event.fact else {
            continue;
        };
        match blocked.iter_mut().find(|(known, _, _)| known == url) {
            Some((_, origins, evidence)) => {
                origins.insert(&frame.origin);
                evidence.push(event.seq);
            }
            None => blocked.push((url, BTreeSet::from([frame.origin.as_str()]), vec![event.seq])),
        }
    }
    blocked
        .into_iter()
        .map(|(url, origins, evidence)| {
            let origins = Vec::from_iter(origins).join(" and ");
            finding(
                "ALL-02",
                format!("mixed content in {origins}"),
                EXPECTED,
                format!("{origins} asked for {url}, which does not come over TLS"),
                evidence,
            )
        })
        .collect()
}

fn place(frame: Option<&Frame>) -> String {
    frame.map_or_else(|| "a page".to_owned(), |frame| frame.url.clone())
}
