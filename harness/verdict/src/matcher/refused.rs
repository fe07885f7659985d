//! What the gateway refused.

use std::ops::Deref;

use journal::fact::Refusal;
use journal::{Event, Fact};
use scenarios::model::{Count, RefusedExpectation};

use super::{closest, counted, text_fits};
use crate::{Context, Outcome};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &RefusedExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for event in events {
        let event: &Event = event;
        let Fact::Refused(refused) = &event.fact else {
            continue;
        };
        let fits = text_fits(wanted.authority.as_ref(), &refused.authority, context)
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
        wanted
            .authority
            .as_ref()
            .map(|authority| format!(" of {}", authority.0))
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
