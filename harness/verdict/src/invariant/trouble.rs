//! ALL-02: no uncaught error, unhandled rejection, console error, CSP violation or refusal to be embedded.

use std::ops::Deref;

use journal::fact::Frame;
use journal::{Event, Fact, Finding};

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
        .collect()
}

fn place(frame: Option<&Frame>) -> String {
    frame.map_or_else(|| "a page".to_owned(), |frame| frame.url.clone())
}
