//! Animations and transitions.

use std::ops::Deref;

use journal::{Event, Fact};
use scenarios::model::{Count, MotionExpectation};

use super::{closest, counted, text_fits};
use crate::{Context, Outcome};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &MotionExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
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
            && text_fits(wanted.name.as_ref(), &motion.name, context);
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
        wanted
            .name
            .as_ref()
            .map(|name| format!(" of {}", name.0))
            .unwrap_or_default()
    );
    counted(wanted.count.unwrap_or(Count::SOME), &what, evidence, || {
        closest(&near)
    })
}
