//! Animations and transitions.

use std::ops::Deref;

use journal::{Event, Fact};
use scenarios::model::{Count, MotionExpectation};

use super::{closest, counted, redacted};
use crate::{Context, Outcome, pattern};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &MotionExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let name = redacted(wanted.name.as_ref(), context);
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for event in events {
        let event: &Event = event;
        let Fact::Motion(motion) = &event.fact else {
            continue;
        };
        let origin = motion.frame.origin.as_str();
        let fits = wanted
            .origin
            .as_deref()
            .is_none_or(|wanted| context.origin(wanted) == origin)
            && name
                .as_ref()
                .is_none_or(|name| pattern::matches(name, Some(&motion.name.as_str().into())));
        if fits {
            evidence.push(event.seq);
        } else {
            let place = context.name_of(origin);
            near.push((
                event.seq,
                format!("{} of {} in {place}", motion.name, motion.element),
            ));
        }
    }
    let what = format!(
        "motion{}{}",
        wanted
            .origin
            .as_deref()
            .map(|origin| format!(" in {origin}"))
            .unwrap_or_default(),
        name.map(|name| format!(" of {name}")).unwrap_or_default()
    );
    counted(wanted.count.unwrap_or(Count::SOME), &what, evidence, || {
        closest(&near)
    })
}
