//! What the gateway refused.

use std::ops::Deref;

use journal::fact::Refusal;
use journal::{Event, Fact};
use scenarios::model::{Count, RefusedExpectation};

use super::{closest, counted, redacted};
use crate::{Context, Outcome, pattern};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &RefusedExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let authority = redacted(wanted.authority.as_ref(), context);
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for event in events {
        let event: &Event = event;
        let Fact::Refused(refused) = &event.fact else {
            continue;
        };
        let fits = authority
            .as_ref()
            .is_none_or(|pattern| pattern::matches(pattern, Some(&refused.authority.clone().into())))
            && wanted
                .reason
                .as_deref()
                .is_none_or(|reason| reason == name(refused.reason));
        if fits {
            evidence.push(event.seq);
        } else {
            near.push((
                event.seq,
                format!("{} ({})", refused.authority, name(refused.reason)),
            ));
        }
    }
    let what = format!(
        "refusal{}{}",
        authority
            .map(|authority| format!(" of {authority}"))
            .unwrap_or_default(),
        wanted
            .reason
            .as_deref()
            .map(|reason| format!(" because {reason}"))
            .unwrap_or_default()
    );
    counted(wanted.count.unwrap_or(Count::SOME), &what, evidence, || {
        closest(&near)
    })
}

/// The reason as scenarios write it.
pub(crate) fn name(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownHost => "unknown-host",
        Refusal::UndeclaredPort => "undeclared-port",
        Refusal::ForeignPeer => "foreign-peer",
        Refusal::Malformed => "malformed",
        Refusal::TooLarge => "too-large",
        Refusal::Quarantine => "quarantine",
    }
}
