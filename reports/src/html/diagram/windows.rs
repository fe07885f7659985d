//! What windows do: documents that come and go, messages that cross between them.

use std::collections::HashMap;
use std::sync::Arc;

use journal::fact::NavigationStage;
use journal::projection::{Message, messages as paired};
use journal::{Event, Fact, Sequence};

use super::super::label;
use super::Time;
use super::lanes::{Lanes, origin_of, path_of};
use super::row::{Kind, Row, Tone};

/// One row for each document that a tab or frame committed to, and for what failed or closed.
pub(super) fn navigations(events: &[Arc<Event>], time: Time, lanes: &mut Lanes) -> Vec<Row> {
    let mut showing: HashMap<&str, String> = HashMap::new();
    let mut rows = Vec::new();
    for event in events {
        let t = time.of(event.at.wall_us);
        match &event.fact {
            Fact::Navigation(fact) => {
                if matches!(fact.stage, NavigationStage::Started | NavigationStage::Loaded) {
                    continue;
                }
                let origin = origin_of(&fact.url);
                // A blank document has no origin of its own worth a lane.
                let to = if fact.url.starts_with("about:") {
                    lanes.browser()
                } else {
                    lanes.page(&origin)
                };
                let before = showing.get(fact.context.as_str()).cloned();
                let from = match &before {
                    Some(old) => lanes.known_page(old),
                    None => None,
                };
                let mut row = Row::new(
                    Kind::Navigation,
                    t,
                    label::line(path_of(&fact.url)),
                    vec![event.seq],
                );
                row.from = Some(from.unwrap_or_else(|| lanes.browser()));
                row.to = Some(to);
                let what = if fact.top_level { "tab" } else { "frame" };
                row.detail = format!("{what} {}", label::stage(fact.stage));
                match fact.stage {
                    NavigationStage::Failed => row.tone = Tone::Bad,
                    NavigationStage::SameDocument => {
                        row.tone = Tone::Quiet;
                        row.from = row.to;
                    }
                    _ => {
                        showing.insert(&fact.context, origin);
                    }
                }
                rows.push(row);
            }
            Fact::ContextClosed(fact) => {
                let mut row = Row::new(
                    Kind::Navigation,
                    t,
                    label::line(path_of(&fact.url)),
                    vec![event.seq],
                );
                let lane = lanes.known_page(&origin_of(&fact.url));
                row.from = Some(lane.unwrap_or_else(|| lanes.browser()));
                row.detail = "closed".to_owned();
                row.tone = Tone::Quiet;
                rows.push(row);
                showing.remove(fact.context.as_str());
            }
            _ => {}
        }
    }
    rows
}

/// One row for each message, delivered or not.
pub(super) fn messages(events: &[Arc<Event>], time: Time, lanes: &mut Lanes) -> Vec<Row> {
    let walls: HashMap<Sequence, u64> = events.iter().map(|event| (event.seq, event.at.wall_us)).collect();
    paired(events)
        .iter()
        .map(|message| message_row(message, &walls, time, lanes))
        .collect()
}

fn message_row(message: &Message<'_>, walls: &HashMap<Sequence, u64>, time: Time, lanes: &mut Lanes) -> Row {
    let told = message.evidence();
    let wall = told
        .first()
        .and_then(|seq| walls.get(seq))
        .copied()
        .unwrap_or_default();
    let page_ms = match (&message.sent, &message.received) {
        (Some((_, sent)), _) => sent.page_ms,
        (None, Some((_, received))) => received.page_ms,
        (None, None) => 0.0,
    };
    let mut row = Row::new(
        Kind::Message,
        time.of_page(page_ms, wall),
        label::message(message.data()),
        told,
    );
    row.from = Some(lanes.page(message.from()));
    if let Some((_, received)) = &message.received {
        row.to = Some(lanes.page(&received.at.origin));
        row.unseen = message.sent.is_none();
        if row.unseen {
            row.detail = "sender not recorded".to_owned();
        }
    }
    if let Some((_, sent)) = &message.sent {
        row.staged = sent.staged;
        if sent.target_origin == "*" {
            row.detail = "to any origin (*)".to_owned();
        }
        if message.received.is_none() {
            row.dropped = true;
            row.tone = Tone::Warn;
            row.detail = format!("dropped, meant for {}", label::line(&sent.target_origin));
            row.to = match sent.target_origin.as_str() {
                "*" => None,
                "/" => row.from,
                // A look-alike that never had a document gets no lane for it.
                origin => lanes.known_page(origin),
            };
        }
    }
    row
}
