//! Sent messages paired with received ones.

use std::ops::Deref;

use serde_json::Value;

use crate::fact::{MessageReceived, MessageSent};
use crate::{Event, Fact, Sequence};

/// One message between windows, as far as it was seen.
#[derive(Clone, Debug)]
pub struct Message<'journal> {
    /// Where it was sent, when the sender was recorded.
    pub sent: Option<(Sequence, &'journal MessageSent)>,
    /// Where it arrived; none for one the browser dropped because the target's origin did not match.
    pub received: Option<(Sequence, &'journal MessageReceived)>,
}

impl Message<'_> {
    /// Origin of the sender.
    #[must_use]
    pub fn from(&self) -> &str {
        match (&self.sent, &self.received) {
            (Some((_, sent)), _) => &sent.from.origin,
            (None, Some((_, received))) => &received.origin,
            (None, None) => "",
        }
    }

    /// Origin of the frame it arrived at, or the declared target origin when it never did.
    #[must_use]
    pub fn to(&self) -> &str {
        match (&self.received, &self.sent) {
            (Some((_, received)), _) => &received.at.origin,
            (None, Some((_, sent))) => &sent.target_origin,
            (None, None) => "",
        }
    }

    /// The data.
    #[must_use]
    pub fn data(&self) -> &Value {
        match (&self.received, &self.sent) {
            (Some((_, received)), _) => &received.data,
            (None, Some((_, sent))) => &sent.data,
            (None, None) => &Value::Null,
        }
    }

    /// The journal's events it rests on.
    #[must_use]
    pub fn evidence(&self) -> Vec<Sequence> {
        self.sent
            .iter()
            .map(|(seq, _)| *seq)
            .chain(self.received.iter().map(|(seq, _)| *seq))
            .collect()
    }
}

/// All messages, in order of page time: each sent one with the first later received one of the same
/// data, sender and admitted target; received ones that no recorded frame sent stand alone.
///
/// Recorder events of different frames reach the journal out of order, hence page time, not sequence.
pub fn messages<E: Deref<Target = Event>>(events: &[E]) -> Vec<Message<'_>> {
    let mut received: Vec<Option<(Sequence, &MessageReceived)>> = Vec::new();
    let mut sent: Vec<(Sequence, &MessageSent)> = Vec::new();
    for event in events {
        let event: &Event = event;
        match &event.fact {
            Fact::MessageReceived(message) => received.push(Some((event.seq, message))),
            Fact::MessageSent(message) => sent.push((event.seq, message)),
            _ => {}
        }
    }
    sent.sort_by(|(_, one), (_, other)| {
        one.page_ms
            .total_cmp(&other.page_ms)
            .then(one.nth.cmp(&other.nth))
    });
    received.sort_by(|one, other| {
        let time = |message: &Option<(Sequence, &MessageReceived)>| {
            message.map_or(0.0, |(_, message)| message.page_ms)
        };
        time(one).total_cmp(&time(other))
    });
    let mut all = Vec::new();
    for (seq, message) in sent {
        let arrival = received
            .iter_mut()
            .find(|candidate| candidate.is_some_and(|(_, arrived)| arrives(message, arrived)))
            .and_then(Option::take);
        all.push(Message {
            sent: Some((seq, message)),
            received: arrival,
        });
    }
    all.extend(received.into_iter().flatten().map(|message| Message {
        sent: None,
        received: Some(message),
    }));
    all.sort_by(|one, other| page_ms(one).total_cmp(&page_ms(other)));
    all
}

fn page_ms(message: &Message<'_>) -> f64 {
    match (&message.sent, &message.received) {
        (Some((_, sent)), _) => sent.page_ms,
        (None, Some((_, received))) => received.page_ms,
        (None, None) => 0.0,
    }
}

fn arrives(sent: &MessageSent, received: &MessageReceived) -> bool {
    // Page clocks of two processes agree to a millisecond or so; the harness's own posts carry its clock.
    const SKEW_MS: f64 = 50.0;
    sent.from.origin == received.origin
        && (sent.target_origin == "*"
            || sent.target_origin == received.at.origin
            || sent.target_origin == "/")
        && sent.data == received.data
        && received.page_ms + SKEW_MS >= sent.page_ms
        && !(sent.from.context == received.at.context && sent.via != "self")
}
