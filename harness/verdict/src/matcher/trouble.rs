//! Errors that pages show and policies they violate.

use std::ops::Deref;

use journal::{Event, Fact};
use scenarios::model::{Count, CspExpectation, ErrorExpectation};

use super::{closest, counted, text_fits};
use crate::{Context, Outcome, framing};

pub(super) fn errors<E: Deref<Target = Event>>(
    wanted: &ErrorExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for event in events {
        let (of, words) = match &event.fact {
            Fact::Console(console) if console.level == "error" => ("console", &console.text),
            Fact::PageError(error) if error.rejection => ("rejection", &error.text),
            Fact::PageError(error) => ("uncaught", &error.text),
            _ => continue,
        };
        let fits = wanted.of.as_deref().is_none_or(|wanted| wanted == of)
            && text_fits(wanted.text.as_ref(), words, context);
        if fits {
            evidence.push(event.seq);
        } else {
            near.push((event.seq, format!("{of}: {words}")));
        }
    }
    let what = format!(
        "error{}{}",
        wanted
            .of
            .as_deref()
            .map(|of| format!(" ({of})"))
            .unwrap_or_default(),
        wanted
            .text
            .as_ref()
            .map(|text| format!(" with text {}", text.0))
            .unwrap_or_default()
    );
    counted(wanted.count.unwrap_or(Count::SOME), &what, evidence, || {
        closest(&near)
    })
}

pub(super) fn csp<E: Deref<Target = Event>>(
    wanted: &CspExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let told = events.iter().filter_map(|event| match &event.fact {
        Fact::CspViolation(violation) => Some((
            event.seq,
            violation.directive.as_str(),
            violation.blocked.as_str(),
        )),
        _ => None,
    });
    let framing = framing::refused(events);
    let inferred = framing
        .iter()
        .map(|refused| (refused.seq, refused.directive, refused.url));
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for (seq, violated, what) in told.chain(inferred) {
        let fits = wanted
            .directive
            .as_deref()
            .is_none_or(|directive| directive == violated)
            && text_fits(wanted.blocked.as_ref(), what, context);
        if fits {
            evidence.push(seq);
        } else {
            near.push((seq, format!("{violated} blocked {what}")));
        }
    }
    evidence.sort_unstable();
    let what = format!(
        "CSP violation{}{}",
        wanted
            .directive
            .as_deref()
            .map(|directive| format!(" of {directive}"))
            .unwrap_or_default(),
        wanted
            .blocked
            .as_ref()
            .map(|blocked| format!(" blocking {}", blocked.0))
            .unwrap_or_default()
    );
    counted(wanted.count.unwrap_or(Count::SOME), &what, evidence, || {
        closest(&near)
    })
}
