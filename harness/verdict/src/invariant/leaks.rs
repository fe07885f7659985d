//! ALL-03: a canary is seen only where the world's data allows it.
//!
//! Facts that only the harness writes are exempt, because nothing crossed a border there: a mock's own
//! domain facts, steps, directions, marks, and what an observation saw on a page. Cookies, and what the documents of
//! the end keep in web storage, are noted once a run and count.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;

use journal::fact::{Frame, LoadFailed, MixedContent, Request, WireDirection};
use journal::projection::messages;
use journal::{Event, ExchangeId, Fact, Finding, Sequence, Sighting};

use super::{finding, times};
use crate::Context;
use crate::allowed::{Place, like};
use crate::context::origin_of;
use crate::matcher::{is_staged, path_of};

/// Where a sighting was, in the terms of the allowed places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Request {
        to: String,
        part: String,
        path: String,
    },
    Response {
        from: String,
        part: String,
        path: String,
    },
    Message {
        kind: String,
        from: String,
        to: String,
    },
    Address {
        of: String,
        path: String,
    },
    Storage {
        of: String,
        area: String,
        key: String,
    },
    Telemetry {
        sink: String,
        event: String,
    },
    Console {
        of: String,
    },
    Elsewhere {
        what: String,
    },
}

pub(super) fn findings<E: Deref<Target = Event>>(events: &[E], context: &Context) -> Vec<Finding> {
    let requests: HashMap<ExchangeId, &Request> = events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Request(request) => Some((request.exchange, request)),
            _ => None,
        })
        .collect();
    let all_messages = messages(events);
    let staged: BTreeSet<Sequence> = all_messages
        .iter()
        .filter(|message| is_staged(message, &all_messages))
        .flat_map(journal::projection::Message::evidence)
        .collect();
    let mut leaks: BTreeMap<(String, Spot), Vec<(Sequence, Sighting)>> = BTreeMap::new();
    for event in events {
        let event: &Event = event;
        if staged.contains(&event.seq) {
            continue;
        }
        for sighting in &event.sightings {
            for spot in spots(event, sighting, &requests, context) {
                if !allowed(&sighting.canary, &spot, context) {
                    leaks
                        .entry((sighting.canary.clone(), spot))
                        .or_default()
                        .push((event.seq, sighting.clone()));
                }
            }
        }
    }
    leaks
        .into_iter()
        .map(|((canary, spot), seen)| {
            let how: BTreeSet<String> = seen
                .iter()
                .map(|(_, sighting)| format!("{:?}", sighting.encoding).to_lowercase())
                .collect();
            let (_, first) = &seen[0];
            finding(
                "ALL-03",
                format!("{canary} was seen in {}", words(&spot, context)),
                "only where the world's `allowed` places admit it",
                format!(
                    "{} ({}), {}",
                    first.pseudonym,
                    how.into_iter().collect::<Vec<_>>().join(", "),
                    times(seen.len())
                ),
                seen.iter().map(|(seq, _)| *seq).collect(),
            )
        })
        .collect()
}

/// Where a sighting was: one spot, but for a header field of several cookies that carry the canary.
fn spots(
    event: &Event,
    sighting: &Sighting,
    requests: &HashMap<ExchangeId, &Request>,
    context: &Context,
) -> Vec<Spot> {
    let place = sighting.place.as_str();
    let url_of = |exchange: ExchangeId| {
        requests
            .get(&exchange)
            .map(|request| request.url.as_str())
            .unwrap_or_default()
    };
    match &event.fact {
        Fact::Request(request) => parts(place, &request.headers, &sighting.pseudonym, "cookie")
            .into_iter()
            .map(|part| request_spot(&request.url, part))
            .collect(),
        Fact::Response(response) => parts(place, &response.headers, &sighting.pseudonym, "set-cookie")
            .into_iter()
            .map(|part| response_spot(url_of(response.exchange), part))
            .collect(),
        Fact::WebSocketFrame(frame) => {
            let (url, part) = (url_of(frame.exchange), "body".to_owned());
            vec![match frame.direction {
                WireDirection::ToServer => request_spot(url, part),
                WireDirection::ToClient => response_spot(url, part),
            }]
        }
        _ => spot(event, sighting, context).into_iter().collect(),
    }
}

fn request_spot(url: &str, part: String) -> Spot {
    Spot::Request {
        to: origin_of(url),
        part,
        path: path_of(url),
    }
}

fn response_spot(url: &str, part: String) -> Spot {
    Spot::Response {
        from: origin_of(url),
        part,
        path: path_of(url),
    }
}

/// Where a sighting off the wire was; nowhere for what only the harness writes.
fn spot(event: &Event, sighting: &Sighting, context: &Context) -> Option<Spot> {
    let place = sighting.place.as_str();
    Some(match &event.fact {
        Fact::MessageSent(sent) => match place.strip_prefix("/from") {
            Some(_) => address(&sent.from),
            None => Spot::Message {
                kind: context.kind_of(&sent.data).unwrap_or("none").to_owned(),
                from: sent.from.origin.clone(),
                to: sent.target_origin.clone(),
            },
        },
        Fact::MessageReceived(received) => match place.strip_prefix("/at/") {
            Some(_) => address(&received.at),
            None => Spot::Message {
                kind: context.kind_of(&received.data).unwrap_or("none").to_owned(),
                from: received.origin.clone(),
                to: received.at.origin.clone(),
            },
        },
        Fact::Navigation(navigation) => address_of(&navigation.url),
        Fact::ContextOpened(opened) => address_of(&opened.url),
        Fact::ContextClosed(closed) => address_of(&closed.url),
        Fact::Console(console) => in_frame(place, console.frame.as_ref()),
        Fact::PageError(error) => in_frame(place, error.frame.as_ref()),
        Fact::CspViolation(violation) => in_frame(place, violation.frame.as_ref()),
        // What did not arrive may never have been sent: its address is judged as if it had been.
        Fact::MixedContent(MixedContent { frame, url }) | Fact::LoadFailed(LoadFailed { frame, url }) => {
            match place {
                "/url" => request_spot(url, "url".to_owned()),
                _ => address(frame),
            }
        }
        Fact::Motion(motion) => in_frame(place, Some(&motion.frame)),
        Fact::Handed(handed) => match place.strip_prefix("/frame") {
            Some(_) => address(&handed.frame),
            None => Spot::Telemetry {
                sink: handed.sink.clone(),
                event: handed.event.clone(),
            },
        },
        Fact::Telemetry(arrived) => Spot::Telemetry {
            sink: arrived.sink.clone(),
            event: arrived.event.clone(),
        },
        Fact::Refused(refused) => Spot::Elsewhere {
            what: format!("a refused request ({})", refused.authority),
        },
        Fact::TlsFailed(_) => Spot::Elsewhere {
            what: "a failed TLS handshake".to_owned(),
        },
        Fact::Observation(observation) if observation.expectation == STORAGE => {
            let text = |field: &str| observation.seen[field].as_str().unwrap_or_default().to_owned();
            Spot::Storage {
                of: text("origin"),
                area: text("area"),
                key: place
                    .strip_prefix("/seen/entries/")
                    .unwrap_or_default()
                    .replace("~1", "/")
                    .replace("~0", "~"),
            }
        }
        _ => return None,
    })
}

/// Name of the observation by which the runner writes down what an origin keeps in web storage: `origin`, `area` (`local`,
/// `session`, `cookie`), and `entries` by their keys.
pub const STORAGE: &str = "storage";

/// The parts of a request or response that a JSON pointer leads to: several only within a cookie field.
fn parts(pointer: &str, headers: &[(String, String)], pseudonym: &str, cookie_header: &str) -> Vec<String> {
    if pointer == "/url" {
        return vec!["url".to_owned()];
    }
    let header = pointer
        .strip_prefix("/headers/")
        .and_then(|rest| rest.split('/').next())
        .and_then(|index| index.parse::<usize>().ok())
        .and_then(|index| headers.get(index));
    match header {
        Some((name, value)) if name == cookie_header => {
            // `Cookie` holds many pairs, `Set-Cookie` one pair and then attributes.
            let carriers: Vec<String> = value
                .split(';')
                .filter(|pair| pair.contains(pseudonym))
                .map(|pair| format!("cookie:{}", pair.split('=').next().unwrap_or_default().trim()))
                .collect();
            if carriers.is_empty() {
                // Wrapped across pairs: no single cookie is to blame, so no allowance for one applies.
                vec![format!("header:{cookie_header}")]
            } else {
                carriers
            }
        }
        Some((name, _)) => vec![format!("header:{name}")],
        None => vec!["body".to_owned()],
    }
}

fn in_frame(pointer: &str, frame: Option<&Frame>) -> Spot {
    match frame {
        Some(frame) if pointer.starts_with("/frame") => address(frame),
        frame => Spot::Console {
            of: frame.map(|frame| frame.origin.clone()).unwrap_or_default(),
        },
    }
}

fn address(frame: &Frame) -> Spot {
    Spot::Address {
        of: frame.origin.clone(),
        path: path_of(&frame.url),
    }
}

fn address_of(url: &str) -> Spot {
    Spot::Address {
        of: origin_of(url),
        path: path_of(url),
    }
}

fn allowed(canary: &str, spot: &Spot, context: &Context) -> bool {
    context
        .allowed
        .iter()
        .filter(|allowed| like(&allowed.canary, canary))
        .flat_map(|allowed| &allowed.places)
        .any(|place| admits(place, spot, context))
}

fn admits(place: &Place, spot: &Spot, context: &Context) -> bool {
    let text = |patterns: &[String], text: &str| patterns.iter().any(|pattern| like(pattern, text));
    let path_fits =
        |pattern: &Option<String>, path: &str| pattern.as_deref().is_none_or(|pattern| like(pattern, path));
    match (place, spot) {
        (
            Place::Request { to, part, path },
            Spot::Request {
                to: origin,
                part: seen,
                path: at,
            },
        ) => context.is_one_of(origin, to) && text(part, seen) && path_fits(path, at),
        (
            Place::Response { from, part, path },
            Spot::Response {
                from: origin,
                part: seen,
                path: at,
            },
        ) => context.is_one_of(origin, from) && text(part, seen) && path_fits(path, at),
        (
            Place::Message { kind, from, to },
            Spot::Message {
                kind: seen,
                from: sender,
                to: target,
            },
        ) => text(kind, seen) && context.is_one_of(sender, from) && context.is_one_of(target, to),
        (Place::Address { of, path }, Spot::Address { of: origin, path: at }) => {
            context.is_one_of(origin, of) && path_fits(path, at)
        }
        (
            Place::Storage { of, area, key },
            Spot::Storage {
                of: origin,
                area: seen,
                key: name,
            },
        ) => context.is_one_of(origin, of) && text(area, seen) && like(key, name),
        (
            Place::Telemetry { sink, event },
            Spot::Telemetry {
                sink: seen,
                event: name,
            },
        ) => text(sink, seen) && path_fits(event, name),
        (Place::Console { of }, Spot::Console { of: origin }) => context.is_one_of(origin, of),
        _ => false,
    }
}

fn words(spot: &Spot, context: &Context) -> String {
    match spot {
        Spot::Request { to, part, path } => {
            format!("the {part} of a request to {} {path}", context.name_of(to))
        }
        Spot::Response { from, part, path } => {
            format!("the {part} of a response of {} {path}", context.name_of(from))
        }
        Spot::Message { kind, from, to } => {
            format!(
                "a message of kind {kind} from {} to {}",
                context.name_of(from),
                context.name_of(to)
            )
        }
        Spot::Address { of, path } => format!("the address of a document of {} {path}", context.name_of(of)),
        Spot::Storage { of, area, key } => format!("{area} storage of {}, key {key}", context.name_of(of)),
        Spot::Telemetry { sink, event } => format!("a telemetry event to {sink}: {event}"),
        Spot::Console { of } => format!("the console of {}", context.name_of(of)),
        Spot::Elsewhere { what } => what.clone(),
    }
}
