//! What crosses the wire: requests with their responses, sockets, and what was refused.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use journal::fact::{Request, Telemetry, WireDirection};
use journal::projection::{Exchange, exchanges};
use journal::{Event, ExchangeId, Fact, Sequence};

use super::super::{label, trim};
use super::Time;
use super::lanes::{Lanes, origin_of, path_of};
use super::row::{Kind, Row, Tone};

/// When the response of a row came: row by its first event.
pub(super) type Returns = HashMap<Sequence, i64>;

/// Rows for all requests, and the times of their responses.
pub(super) fn rows(
    events: &[Arc<Event>],
    time: Time,
    evidence: &HashSet<Sequence>,
    lanes: &mut Lanes,
) -> (Vec<Row>, Returns) {
    let context = Context::of(events, evidence);
    let mut rows = Vec::new();
    let mut returns = Returns::new();
    let mut preflights: HashMap<String, (Row, Vec<Sequence>)> = HashMap::new();
    for exchange in exchanges(events) {
        let mut row = row(&exchange, time, &context, lanes);
        if let Some((event, response)) = &exchange.response {
            returns.insert(exchange.seq, time.of(event.at.wall_us));
            if exchange.request.is_preflight() && response.status < 300 {
                let seqs = row.events.clone();
                let key = format!("{:?} {}", row.from, exchange.request.url);
                // One that nothing followed stands for itself.
                if let Some((alone, _)) = preflights.insert(key, (row, seqs)) {
                    rows.push(alone);
                }
                continue;
            }
        }
        let key = format!("{:?} {}", row.from, exchange.request.url);
        if let Some((_, seqs)) = preflights.remove(&key) {
            row.events.extend(seqs);
            row.detail = join(&row.detail, "after preflight");
        }
        rows.push(row);
    }
    rows.extend(preflights.into_values().map(|(row, _)| row));
    rows.extend(refused(events, time, lanes));
    rows.extend(sockets(events, time, lanes));
    (rows, returns)
}

/// What other events say about an exchange.
struct Context<'journal> {
    telemetry: HashMap<ExchangeId, Vec<(Sequence, &'journal Telemetry)>>,
    remarkable: HashSet<ExchangeId>,
    evidence: &'journal HashSet<Sequence>,
}

impl<'journal> Context<'journal> {
    fn of(events: &'journal [Arc<Event>], evidence: &'journal HashSet<Sequence>) -> Self {
        let mut context = Self {
            telemetry: HashMap::new(),
            remarkable: HashSet::new(),
            evidence,
        };
        for event in events {
            match (&event.fact, event.exchange) {
                (Fact::Telemetry(telemetry), Some(exchange)) => {
                    context
                        .telemetry
                        .entry(exchange)
                        .or_default()
                        .push((event.seq, telemetry));
                }
                (Fact::FaultApplied(fact), _) => {
                    context.remarkable.insert(fact.exchange);
                }
                (Fact::Rewritten(fact), _) => {
                    context.remarkable.insert(fact.exchange);
                }
                (Fact::ContractViolation(_) | Fact::Unrouted(_), Some(exchange)) => {
                    context.remarkable.insert(exchange);
                }
                _ => {}
            }
        }
        context
    }
}

fn row(exchange: &Exchange<'_>, time: Time, context: &Context<'_>, lanes: &mut Lanes) -> Row {
    let request = exchange.request;
    let mut seqs = vec![exchange.seq];
    seqs.extend(exchange.response.map(|(event, _)| event.seq));
    let t = time.of(exchange.event.at.wall_us);
    let mut row = Row::new(
        Kind::Request,
        t,
        label::line(&format!("{} {}", request.method, path_of(&request.url))),
        seqs,
    );
    row.from = Some(match &request.caller {
        Some(origin) => lanes.server(origin),
        None => initiator(request, lanes),
    });
    row.to = Some(lanes.server(&origin_of(&request.url)));
    match (exchange.response, exchange.aborted) {
        (Some((event, response)), _) => {
            row.status = Some(response.status);
            row.size = Some(response.body.size);
            row.took = Some(event.at.wall_us.saturating_sub(exchange.event.at.wall_us));
            if response.status >= 400 {
                row.tone = if response.status >= 500 {
                    Tone::Bad
                } else {
                    Tone::Warn
                };
            }
            if let Some(location) = response.header("location") {
                row.detail = label::line(&format!("to {location}"));
            }
        }
        (None, reason) => {
            row.status = Some(0);
            row.tone = Tone::Warn;
            row.detail = label::line(reason.unwrap_or("no response"));
        }
    }
    if let Some(telemetry) = context.telemetry.get(&request.exchange) {
        row.kind = Kind::Telemetry;
        row.label = telemetry_label(telemetry);
        row.events.extend(telemetry.iter().map(|(seq, _)| *seq));
    } else if is_asset(exchange)
        && !context.remarkable.contains(&request.exchange)
        && !row.events.iter().any(|seq| context.evidence.contains(seq))
    {
        row.kind = Kind::Assets;
    }
    row
}

/// The document, or the browser itself, that a request came from.
fn initiator(request: &Request, lanes: &mut Lanes) -> usize {
    let destination = request.header("sec-fetch-dest").unwrap_or_default();
    if destination == "document" {
        return lanes.browser();
    }
    let from = request
        .header("origin")
        .filter(|origin| *origin != "null" || request.header("referer").is_none())
        .map(str::to_owned)
        .or_else(|| request.header("referer").map(origin_of));
    match from {
        Some(origin) if !origin.is_empty() => lanes.page(&origin),
        _ => lanes.browser(),
    }
}

fn is_asset(exchange: &Exchange<'_>) -> bool {
    let Some((_, response)) = exchange.response else {
        return false;
    };
    if exchange.request.method != "GET" || !(matches!(response.status, 200..300 | 304)) {
        return false;
    }
    match exchange.request.header("sec-fetch-dest") {
        Some("document" | "iframe" | "frame") => false,
        Some("empty") | None => response.body.media_type.as_deref().is_some_and(trim::is_static),
        Some(_) => true,
    }
}

/// `cdp_ticket_embed_opened`, or `view ×3, resource ×12` where there are many.
fn telemetry_label(events: &[(Sequence, &Telemetry)]) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for (_, event) in events {
        let name = label::telemetry(event);
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(name, count)| {
            if count > 1 {
                format!("{name} ×{count}")
            } else {
                name
            }
        })
        .collect();
    label::line(&parts.join(", "))
}

fn refused(events: &[Arc<Event>], time: Time, lanes: &mut Lanes) -> Vec<Row> {
    let mut rows = Vec::new();
    for event in events {
        let (authority, asked_by, detail) = match &event.fact {
            Fact::Refused(fact) => (
                &fact.authority,
                fact.asked_by.as_deref(),
                format!("refused: {}", label::words(&fact.reason)),
            ),
            Fact::TlsFailed(fact) => (&fact.authority, None, format!("TLS failed: {}", fact.reason)),
            _ => continue,
        };
        let mut row = Row::new(
            Kind::Refused,
            time.of(event.at.wall_us),
            label::line(authority),
            vec![event.seq],
        );
        row.from = Some(match asked_by {
            Some(by) => lanes.page(&origin_of(by)),
            None => lanes.browser(),
        });
        row.to = Some(lanes.outside());
        row.detail = label::line(&detail);
        row.tone = Tone::Bad;
        rows.push(row);
    }
    rows
}

fn sockets(events: &[Arc<Event>], time: Time, lanes: &mut Lanes) -> Vec<Row> {
    let mut ends: HashMap<ExchangeId, (usize, usize)> = HashMap::new();
    let mut rows = Vec::new();
    for event in events {
        match &event.fact {
            Fact::Request(request)
                if request.header("upgrade").is_some() || request.url.starts_with("ws") =>
            {
                let client = initiator(request, lanes);
                ends.insert(request.exchange, (client, lanes.server(&origin_of(&request.url))));
            }
            Fact::WebSocketFrame(frame) => {
                let mut row = Row::new(
                    Kind::Socket,
                    time.of(event.at.wall_us),
                    label::line(frame.payload.text.as_deref().unwrap_or(&frame.opcode)),
                    vec![event.seq],
                );
                row.detail = format!("WebSocket {}", label::line(&frame.opcode));
                row.size = Some(frame.payload.size);
                if let Some(&(client, server)) = ends.get(&frame.exchange) {
                    (row.from, row.to) = match frame.direction {
                        WireDirection::ToServer => (Some(client), Some(server)),
                        WireDirection::ToClient => (Some(server), Some(client)),
                    };
                }
                rows.push(row);
            }
            _ => {}
        }
    }
    rows
}

fn join(one: &str, other: &str) -> String {
    if one.is_empty() {
        other.to_owned()
    } else {
        format!("{one}, {other}")
    }
}
