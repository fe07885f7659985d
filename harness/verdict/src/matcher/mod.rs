//! One file a kind of expectation.

mod browser_state;
mod member;
mod message;
mod motion;
mod page;
mod refused;
mod request;
mod telemetry;
mod trouble;

use std::ops::Deref;

use journal::{Event, Fact, Sequence};
use scenarios::model::{Count, Expectation, MockExpectation, Pattern};
use serde_json::Value;

use crate::{Context, Outcome, pattern};

pub(crate) use message::is_staged;
pub use message::last_message;
pub(crate) use refused::name as refusal_name;
pub(crate) use request::path_of;
pub use request::{last_status, request_count};
pub(crate) use telemetry::arrivals;

/// Judges an expectation that the journal answers, over all events given.
///
/// Expectations of page state are judged by [`check_observation`]; here they do not hold.
pub fn check<E: Deref<Target = Event>>(
    expectation: &Expectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    match expectation {
        Expectation::Message(wanted) => message::check(wanted, events, context),
        Expectation::Request(wanted) => request::check(wanted, events, context),
        Expectation::Telemetry(wanted) => telemetry::check(wanted, events, context),
        Expectation::Mock(wanted) => mock(wanted, events, context),
        Expectation::Error(wanted) => trouble::errors(wanted, events, context),
        Expectation::CspViolation(wanted) => trouble::csp(wanted, events, context),
        Expectation::Motion(wanted) => motion::check(wanted, events, context),
        Expectation::Refused(wanted) => refused::check(wanted, events, context),
        Expectation::Page(_)
        | Expectation::Url(_)
        | Expectation::Title(_)
        | Expectation::Frame(_)
        | Expectation::Storage(_)
        | Expectation::Cookie(_)
        | Expectation::Accessibility(_) => unseen(),
    }
}

fn unseen() -> Outcome {
    Outcome::new(
        false,
        "something the page shows".to_owned(),
        "the page was never looked at".to_owned(),
        Vec::new(),
    )
}

/// The member of an observation that an expectation of page state is judged by.
fn looked_at(expectation: &Expectation) -> Option<&'static str> {
    Some(match expectation {
        Expectation::Page(_) => "elements",
        Expectation::Url(_) => "url",
        Expectation::Title(_) => "title",
        Expectation::Frame(_) => "frames",
        Expectation::Storage(_) => "value",
        Expectation::Cookie(_) => "cookies",
        Expectation::Accessibility(_) => "violations",
        _ => return None,
    })
}

/// Whether an expectation is of page state, which somebody has to look at; else the journal answers it.
#[must_use]
pub fn is_looked_at(expectation: &Expectation) -> bool {
    looked_at(expectation).is_some()
}

/// Judges an expectation of page state from what was seen, already redacted.
#[must_use]
pub fn check_observation(expectation: &Expectation, seen: &Value, context: &Context) -> Outcome {
    if let Some(field) = looked_at(expectation)
        && seen.get(field).is_none()
    {
        // What nobody looked at must not pass for absent.
        return unseen();
    }
    match expectation {
        Expectation::Page(wanted) => page::check(wanted, seen, context),
        Expectation::Url(wanted) => browser_state::text("the URL", wanted, &seen["url"], context),
        Expectation::Title(wanted) => browser_state::text("the title", wanted, &seen["title"], context),
        Expectation::Frame(wanted) => browser_state::frames(wanted, seen, context),
        Expectation::Storage(wanted) => browser_state::storage(wanted, seen, context),
        Expectation::Cookie(wanted) => browser_state::cookie(wanted, seen, context),
        Expectation::Accessibility(_) => browser_state::accessibility(seen),
        _ => Outcome::new(
            false,
            "something the journal answers".to_owned(),
            "an observation of the page".to_owned(),
            Vec::new(),
        ),
    }
}

/// Whether an expectation can only be judged when the world has come to rest: more events could still
/// break it.
#[must_use]
pub fn needs_settling(expectation: &Expectation) -> bool {
    let bounded = |count: Option<Count>| count.is_some_and(|count| count.has_upper_bound());
    match expectation {
        Expectation::Message(wanted) => bounded(wanted.count),
        Expectation::Request(wanted) => bounded(wanted.count) || wanted.hops_at_most.is_some(),
        Expectation::Mock(wanted) => bounded(wanted.count),
        Expectation::Error(wanted) => bounded(wanted.count),
        Expectation::CspViolation(wanted) => bounded(wanted.count),
        Expectation::Motion(wanted) => bounded(wanted.count),
        Expectation::Refused(wanted) => bounded(wanted.count),
        Expectation::Telemetry(_) => false,
        // The page may still be about to change.
        Expectation::Page(_)
        | Expectation::Url(_)
        | Expectation::Title(_)
        | Expectation::Frame(_)
        | Expectation::Storage(_)
        | Expectation::Cookie(_)
        | Expectation::Accessibility(_) => true,
    }
}

fn mock<E: Deref<Target = Event>>(wanted: &MockExpectation, events: &[E], context: &Context) -> Outcome {
    let after = since(wanted.since.as_deref(), events);
    let mut same_name = Vec::new();
    let mut evidence = Vec::new();
    for event in events {
        let event: &Event = event;
        if let Fact::Domain(fact) = &event.fact
            && event.seq > after
            && fact.mock == wanted.name
            && fact.name == wanted.fact
        {
            same_name.push((event.seq, &fact.data));
            if fits(wanted.with.as_ref(), Some(&fact.data), context) {
                evidence.push(event.seq);
            }
        }
    }
    let count = wanted.count.unwrap_or(Count::SOME);
    let what = format!(
        "fact `{}` of mock `{}`{}",
        wanted.fact,
        wanted.name,
        with_words(wanted.with.as_ref())
    );
    counted(count, &what, evidence, || closest(&same_name))
}

/// The verdict of a count: how many were found, and, where too few, what came close.
pub(crate) fn counted(
    count: Count,
    what: &str,
    evidence: Vec<Sequence>,
    near: impl FnOnce() -> (String, Vec<Sequence>),
) -> Outcome {
    let found = evidence.len() as u64;
    let holds = count.admits(found);
    let expected = format!("{count} {what}");
    if holds || found > 0 {
        return Outcome::new(holds, expected, format!("{found} of them"), evidence);
    }
    let (words, nearest) = near();
    Outcome::new(holds, expected, words, nearest)
}

/// What came close, in words: at most three.
pub(crate) fn closest<T: std::fmt::Display>(near: &[(Sequence, T)]) -> (String, Vec<Sequence>) {
    if near.is_empty() {
        return ("none at all".to_owned(), Vec::new());
    }
    let shown: Vec<String> = near
        .iter()
        .rev()
        .take(3)
        .map(|(_, one)| shorten(&one.to_string()))
        .collect();
    let more = if near.len() > shown.len() {
        format!(", and {} more", near.len() - shown.len())
    } else {
        String::new()
    };
    (
        format!("none; alike but for the particulars: {}{more}", shown.join("; ")),
        near.iter().rev().take(3).map(|(seq, _)| *seq).collect(),
    )
}

/// A text that fits a line.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 240;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// The mark that an expectation looks after: its sequence, 0 for the beginning. A mark that was never
/// reached admits nothing.
pub(crate) fn since<E: Deref<Target = Event>>(mark: Option<&str>, events: &[E]) -> Sequence {
    let Some(mark) = mark else { return 0 };
    events
        .iter()
        .rev()
        .find_map(|event| match &event.fact {
            Fact::Mark(made) if made.name == mark => Some(event.seq),
            _ => None,
        })
        .unwrap_or(Sequence::MAX)
}

/// Whether a value of the journal is as a pattern says; none asks nothing.
pub(crate) fn fits(pattern: Option<&Pattern>, actual: Option<&Value>, context: &Context) -> bool {
    pattern.is_none_or(|pattern| {
        let revealed = actual.map(|actual| context.revealed(actual));
        pattern::matches(&pattern.0, revealed.as_deref())
    })
}

/// The same for a text.
pub(crate) fn text_fits(pattern: Option<&Pattern>, actual: &str, context: &Context) -> bool {
    pattern.is_none_or(|pattern| {
        let revealed = context.revealed_text(actual);
        pattern::matches(&pattern.0, Some(&Value::from(revealed)))
    })
}

pub(crate) fn with_words(pattern: Option<&Pattern>) -> String {
    pattern
        .map(|pattern| format!(" with {}", pattern.0))
        .unwrap_or_default()
}
