//! ALL-01: no request leaves the simulated world.

use std::collections::BTreeSet;
use std::ops::Deref;

use journal::fact::{LoadFailed, NavigationStage, Refusal, Refused};
use journal::{Event, Fact, Finding};
use url::Url;

use super::finding;
use crate::matcher::refusal_name;

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E]) -> Vec<Finding> {
    events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Refused(refused) if refused.reason != Refusal::Quarantine => {
                let asked_by =
                    asker(refused, events).unwrap_or_else(|| "somebody (nothing says who)".to_owned());
                Some(finding(
                    "ALL-01",
                    format!("{} was asked for, which is not in this world", refused.authority),
                    "requests to origins of the world only",
                    format!(
                        "{asked_by} asked for {}: {}",
                        refused.authority,
                        refusal_name(refused.reason)
                    ),
                    vec![event.seq],
                ))
            }
            _ => None,
        })
        .collect()
}

/// How many refusals there are of which nothing says yet who asked.
pub(crate) fn unexplained<E: Deref<Target = Event>>(events: &[E]) -> usize {
    let refusals = events.iter().filter(|event| match &event.fact {
        Fact::Refused(refused) => refused.reason != Refusal::Quarantine && asker(refused, events).is_none(),
        _ => false,
    });
    refusals.count()
}

/// Who asked: as the request said, or as pages tell to whom something did not load from there. A browser that asks for a
/// tunnel to an `https` host does not say for whom.
fn asker<E: Deref<Target = Event>>(refused: &Refused, events: &[E]) -> Option<String> {
    if refused.asked_by.is_some() {
        return refused.asked_by.clone();
    }
    let of = authority(&refused.authority)?;
    let frames: BTreeSet<&str> = events
        .iter()
        .filter_map(|event| {
            let event: &Event = event;
            match &event.fact {
                Fact::LoadFailed(LoadFailed { frame, url }) if authority(url).as_ref() == Some(&of) => {
                    Some(frame.origin.as_str())
                }
                _ => None,
            }
        })
        .collect();
    if !frames.is_empty() {
        return Some(Vec::from_iter(frames).join(" and "));
    }
    events.iter().find_map(|event| match &event.fact {
        Fact::Navigation(navigation)
            if navigation.stage == NavigationStage::Failed
                && authority(&navigation.url).as_ref() == Some(&of) =>
        {
            let what = if navigation.top_level { "tab" } else { "frame" };
            Some(format!("the navigation of a {what}"))
        }
        _ => None,
    })
}

/// Host and port of a URL, or of an authority with its port.
fn authority(text: &str) -> Option<(String, u16)> {
    let url = if text.contains("://") {
        Url::parse(text)
    } else {
        Url::parse(&format!("https://{text}"))
    };
    let url = url.ok()?;
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}
