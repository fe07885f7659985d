//! Events that arrived at telemetry intakes.

use std::collections::BTreeSet;
use std::ops::Deref;

use journal::fact::Telemetry;
use journal::{Event, Fact, Sequence};
use scenarios::model::{Count, TelemetryExpectation};

use super::member::{self, Null};
use super::{closest, counted, fits, text_fits, with_words};
use crate::{Context, Outcome};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &TelemetryExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for (seq, arrived) in arrivals(events) {
        let same =
            arrived.sink == wanted.sink && wanted.event.as_ref().is_none_or(|event| *event == arrived.event);
        if !same {
            continue;
        }
        let admitted = text_fits(wanted.name.as_ref(), &arrived.name, context)
            && fits(wanted.with.as_ref(), Some(&arrived.properties), context)
            && wanted
                .without
                .iter()
                .all(|name| !member::has(&arrived.properties, name, Null::IsNone));
        if admitted {
            evidence.push(seq);
        } else {
            near.push((seq, format!("`{}` with {}", arrived.name, arrived.properties)));
        }
    }
    let what = format!(
        "{} event {}{}{}{}",
        wanted.sink,
        wanted.event.as_deref().unwrap_or("of any name"),
        wanted
            .name
            .as_ref()
            .map(|name| format!(" named {}", name.0))
            .unwrap_or_default(),
        with_words(wanted.with.as_ref()),
        if wanted.without.is_empty() {
            String::new()
        } else {
            format!(" without {}", wanted.without.join(", "))
        }
    );
    let mut outcome = counted(wanted.count.unwrap_or(Count::SOME), &what, evidence, || {
        closest(&near)
    });
    outcome.deferred = true;
    outcome
}

/// Every event that arrived, once for each identity however often it was sent.
pub(crate) fn arrivals<E: Deref<Target = Event>>(events: &[E]) -> Vec<(Sequence, &Telemetry)> {
    let mut known = BTreeSet::new();
    events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Telemetry(arrived) => Some((event.seq, arrived)),
            _ => None,
        })
        .filter(|(_, arrived)| known.insert((arrived.sink.as_str(), arrived.identity.as_str())))
        .collect()
}
