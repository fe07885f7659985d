//! Messages between windows.

use std::ops::Deref;

use journal::Event;
use journal::projection::{Message, messages};
use scenarios::model::{Count, MessageExpectation};
use serde_json::Value;

use super::member::{self, Null};
use super::{closest, counted, shorten, since, with_words};
use crate::{Context, Outcome};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &MessageExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let all = messages(events);
    let in_scope = in_scope(wanted, &all, events);
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for message in &in_scope {
        if fits(message, wanted, context) {
            evidence.extend(message.evidence().first());
        } else if route_fits(message, wanted, context) {
            near.extend(
                message
                    .evidence()
                    .first()
                    .map(|&seq| (seq, describe(message, context))),
            );
        }
    }
    counted(
        wanted.count.unwrap_or(Count::SOME),
        &words(wanted),
        evidence,
        || closest(&near),
    )
}

/// The data of the last message that matches; the expectation's count is not asked.
pub fn last_message<E: Deref<Target = Event>>(
    wanted: &MessageExpectation,
    events: &[E],
    context: &Context,
) -> Option<Value> {
    let all = messages(events);
    let last = in_scope(wanted, &all, events)
        .into_iter()
        .rfind(|message| fits(message, wanted, context))?;
    Some(last.data().clone())
}

/// Messages sent since the expectation's mark (or received, where nobody saw them sent); those the harness posted only where they are asked for.
fn in_scope<'a, 'e, E: Deref<Target = Event>>(
    wanted: &MessageExpectation,
    all: &'a [Message<'e>],
    events: &[E],
) -> Vec<&'a Message<'e>> {
    let after = since(wanted.since.as_deref(), events);
    all.iter()
        .filter(|message| message.evidence().first().is_some_and(|&seq| seq > after))
        .filter(|message| wanted.staged || !is_staged(message, all))
        .collect()
}

/// Whether the harness itself posted it, as a step. What a frame received is known by the sent one of the
/// same data and origin, should the pairing have missed it.
pub(crate) fn is_staged(message: &Message<'_>, all: &[Message<'_>]) -> bool {
    match (&message.sent, &message.received) {
        (Some((_, sent)), _) => sent.staged,
        (None, Some((_, received))) => all.iter().any(|other| {
            other.sent.is_some_and(|(_, sent)| {
                sent.staged && sent.data == received.data && sent.from.origin == received.origin
            })
        }),
        (None, None) => false,
    }
}

fn fits(message: &Message<'_>, wanted: &MessageExpectation, context: &Context) -> bool {
    let data = message.data();
    route_fits(message, wanted, context)
        && wanted
            .kind
            .as_deref()
            .is_none_or(|kind| context.kind_of(data) == Some(kind))
        && super::fits(wanted.with.as_ref(), Some(data), context)
        && wanted
            .without
            .iter()
            .all(|name| !member::has(data, name, Null::Counts))
        && wanted.target_origin.as_deref().is_none_or(|target| {
            message
                .sent
                .is_some_and(|(_, sent)| sent.target_origin == context.origin(target))
        })
        && wanted
            .received
            .is_none_or(|received| message.received.is_some() == received)
}

fn route_fits(message: &Message<'_>, wanted: &MessageExpectation, context: &Context) -> bool {
    wanted
        .from
        .as_deref()
        .is_none_or(|from| message.from() == context.origin(from))
        && wanted.to.as_deref().is_none_or(|to| {
            let to = context.origin(to);
            message.to() == to
                || message
                    .sent
                    .is_some_and(|(_, sent)| message.received.is_none() && sent.target_origin == to)
        })
}

fn words(wanted: &MessageExpectation) -> String {
    let mut words = match &wanted.kind {
        Some(kind) => format!("message {kind}"),
        None => "message of any kind".to_owned(),
    };
    for (word, value) in [
        (" from ", &wanted.from),
        (" to ", &wanted.to),
        (" with target origin ", &wanted.target_origin),
    ] {
        if let Some(value) = value {
            words.push_str(word);
            words.push_str(value);
        }
    }
    words.push_str(&with_words(wanted.with.as_ref()));
    if !wanted.without.is_empty() {
        words.push_str(&format!(" without {}", wanted.without.join(", ")));
    }
    match wanted.received {
        Some(true) => words.push_str(", received"),
        Some(false) => words.push_str(", sent but not received"),
        None => {}
    }
    words
}

fn describe(message: &Message<'_>, context: &Context) -> String {
    let kind = context.kind_of(message.data()).unwrap_or("of no known kind");
    let fate = match (&message.sent, &message.received) {
        (Some((_, sent)), None) => format!("dropped, target origin {}", sent.target_origin),
        (Some((_, sent)), Some(_)) => format!("target origin {}", sent.target_origin),
        _ => "sender not seen".to_owned(),
    };
    shorten(&format!(
        "{kind} {} → {} ({fate}) {}",
        context.name_of(message.from()),
        context.name_of(message.to()),
        message.data()
    ))
}
