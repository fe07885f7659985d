//! Requests at the gateway, with their responses.

use std::collections::BTreeMap;
use std::ops::Deref;

use globset::{GlobBuilder, GlobMatcher};
use journal::fact::Request;
use journal::projection::{Exchange, exchanges, hops};
use journal::{Body, Event};
use scenarios::model::{Count, Pattern, RequestAgent, RequestExpectation};
use serde_json::{Map, Value};

use super::{closest, counted, fits, since};
use crate::context::origin_of;
use crate::{Context, Outcome, pattern};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &RequestExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let all = exchanges(events);
    let (matching, unknown) = matching(wanted, &all, events, context);
    let evidence = matching.iter().map(|&index| all[index].seq).collect();
    let count = wanted.count.unwrap_or(Count::SOME);
    if let Some(&index) = unknown.first()
        && (count.has_upper_bound() || !count.admits(matching.len() as u64))
    {
        // What was not seen must pass neither for there nor for absent.
        return Outcome::new(
            false,
            format!("{count} {}", words(wanted)),
            format!(
                "it cannot be told, because of {}: {}",
                describe(&all[index], context),
                partial(wanted, &all[index]).unwrap_or_default()
            ),
            unknown.iter().map(|&index| all[index].seq).collect(),
        );
    }
    let mut near = Vec::new();
    let after = since(wanted.since.as_deref(), events);
    let paths = Paths::of(wanted);
    for exchange in &all {
        if exchange.seq > after && route_fits(exchange, wanted, &paths, context) {
            near.push((exchange.seq, describe(exchange, context)));
        }
    }
    counted(count, &words(wanted), evidence, || closest(&near))
}

/// Status of the last request that matches; nothing when none does or none was answered.
pub fn last_status<E: Deref<Target = Event>>(
    wanted: &RequestExpectation,
    events: &[E],
    context: &Context,
) -> Option<u16> {
    let all = exchanges(events);
    let last = *matching(wanted, &all, events, context).0.last()?;
    all[last].response.map(|(_, response)| response.status)
}

/// How many requests match; the expectation's own count is not asked.
pub fn request_count<E: Deref<Target = Event>>(
    wanted: &RequestExpectation,
    events: &[E],
    context: &Context,
) -> usize {
    matching(wanted, &exchanges(events), events, context).0.len()
}

/// The requests that match, and those that may: all but a body fits, and that was not seen whole.
fn matching<E: Deref<Target = Event>>(
    wanted: &RequestExpectation,
    all: &[Exchange<'_>],
    events: &[E],
    context: &Context,
) -> (Vec<usize>, Vec<usize>) {
    let after = since(wanted.since.as_deref(), events);
    let paths = Paths::of(wanted);
    (0..all.len())
        .filter(|&index| {
            let exchange = &all[index];
            exchange.seq > after
                && route_fits(exchange, wanted, &paths, context)
                && particulars_fit(exchange, wanted, context)
                && wanted
                    .hops_at_most
                    .is_none_or(|most| hops(all, index).len() - 1 <= most)
        })
        .partition(|&index| partial(wanted, &all[index]).is_none())
}

/// Why a body that the expectation speaks of was not seen whole; nothing where it was.
fn partial<'exchange>(wanted: &RequestExpectation, exchange: &Exchange<'exchange>) -> Option<&'exchange str> {
    let request = wanted.body.as_ref().and_then(|_| exchange.request.body.partial());
    request.or_else(|| {
        let (_, response) = exchange.response?;
        wanted.response_body.as_ref()?;
        response.body.partial()
    })
}

fn route_fits(
    exchange: &Exchange<'_>,
    wanted: &RequestExpectation,
    paths: &Paths,
    context: &Context,
) -> bool {
    let request = exchange.request;
    let preflight = request.method == "OPTIONS";
    wanted
        .to
        .as_deref()
        .is_none_or(|to| origin_of(&request.url) == context.origin(to))
        && wanted
            .method
            .as_deref()
            .map_or(!preflight, |method| request.method.eq_ignore_ascii_case(method))
        && paths.admit(&path_of(&context.revealed_text(&request.url)))
}

fn particulars_fit(exchange: &Exchange<'_>, wanted: &RequestExpectation, context: &Context) -> bool {
    let request = exchange.request;
    let response = exchange.response.map(|(_, response)| response);
    wanted
        .from
        .as_deref()
        .is_none_or(|from| asked_by(request).as_deref() == Some(context.origin(from)))
        && wanted.by.is_none_or(|by| by == agent(request))
        && fields_fit(
            &wanted.query,
            &query_of(&context.revealed_text(&request.url)),
            context,
        )
        && fields_fit(&wanted.headers, &headers_of(&request.headers), context)
        && fields_fit(&wanted.cookies, &cookies_of(request), context)
        && wanted
            .body
            .as_ref()
            .is_none_or(|body| body_fits(body, Some(&request.body), context))
        && fits(
            wanted.status.as_ref(),
            response.map(|response| Value::from(response.status)).as_ref(),
            context,
        )
        && (wanted.response_headers.is_empty()
            || response.is_some_and(|response| {
                fields_fit(&wanted.response_headers, &headers_of(&response.headers), context)
            }))
        && wanted
            .response_body
            .as_ref()
            .is_none_or(|body| body_fits(body, response.map(|response| &response.body), context))
}

/// Whether a body is as a pattern says; one that was not seen whole may be.
fn body_fits(wanted: &Pattern, actual: Option<&Body>, context: &Context) -> bool {
    actual.is_some_and(|body| body.partial().is_some())
        || pattern::matches(
            &wanted.0,
            actual.and_then(|body| structured(body, context)).as_ref(),
        )
}

fn fields_fit(wanted: &BTreeMap<String, Pattern>, actual: &Map<String, Value>, context: &Context) -> bool {
    wanted.iter().all(|(name, pattern)| {
        let actual = actual
            .get(name)
            .or_else(|| actual.get(&name.to_ascii_lowercase()));
        fits(Some(pattern), actual, context)
    })
}

/// Which paths an expectation speaks of, made ready once for all requests of a run.
enum Paths {
    Any,
    Like(GlobMatcher),
    /// The pattern is none.
    None,
}

impl Paths {
    fn of(wanted: &RequestExpectation) -> Self {
        let Some(pattern) = &wanted.path else {
            return Self::Any;
        };
        GlobBuilder::new(pattern)
            .literal_separator(true)
            .build()
            .map_or(Self::None, |glob| Self::Like(glob.compile_matcher()))
    }

    /// Whether a path is one of them, as it stands or decoded.
    fn admit(&self, path: &str) -> bool {
        match self {
            Self::Any => true,
            Self::None => false,
            Self::Like(glob) => {
                glob.is_match(path) || {
                    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
                    glob.is_match(decoded.as_ref())
                }
            }
        }
    }
}

pub(crate) fn path_of(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.path().to_owned())
}

fn query_of(url: &str) -> Map<String, Value> {
    let Ok(url) = url::Url::parse(url) else {
        return Map::new();
    };
    url.query_pairs()
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect()
}

fn headers_of(headers: &[(String, String)]) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    for (name, value) in headers {
        match all.get_mut(name) {
            Some(Value::String(known)) => {
                known.push_str(", ");
                known.push_str(value);
            }
            _ => {
                all.insert(name.clone(), Value::from(value.clone()));
            }
        }
    }
    all
}

fn cookies_of(request: &Request) -> Map<String, Value> {
    request
        .header_values("cookie")
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
}

/// The origin that asked.
fn asked_by(request: &Request) -> Option<String> {
    request
        .caller
        .clone()
        .or_else(|| request.header("origin").map(str::to_owned))
        .or_else(|| request.header("referer").map(origin_of))
}

fn agent(request: &Request) -> RequestAgent {
    match request.caller {
        Some(_) => RequestAgent::Server,
        None => RequestAgent::Browser,
    }
}

/// A body as a value: JSON, or form fields, or its text.
fn structured(body: &Body, context: &Context) -> Option<Value> {
    let text = &*context.revealed_text(body.text.as_deref()?);
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    if body
        .media_type
        .as_deref()
        .is_some_and(|media| media.starts_with("application/x-www-form-urlencoded"))
        && let Ok(fields) = serde_urlencoded::from_str::<BTreeMap<String, String>>(text)
    {
        return serde_json::to_value(fields).ok();
    }
    Some(Value::from(text))
}

fn words(wanted: &RequestExpectation) -> String {
    let mut words = format!(
        "request {} {}",
        wanted.method.as_deref().unwrap_or("of any method"),
        wanted.path.as_deref().unwrap_or("to any path")
    );
    if let Some(to) = &wanted.to {
        words.push_str(&format!(" to {to}"));
    }
    if let Some(from) = &wanted.from {
        words.push_str(&format!(" from {from}"));
    }
    match wanted.by {
        Some(RequestAgent::Browser) => words.push_str(" by a browser"),
        Some(RequestAgent::Server) => words.push_str(" by a server"),
        None => {}
    }
    for (what, fields) in [
        ("query", &wanted.query),
        ("header", &wanted.headers),
        ("cookie", &wanted.cookies),
        ("response header", &wanted.response_headers),
    ] {
        for (name, pattern) in fields {
            words.push_str(&format!(", {what} {name} {}", pattern.0));
        }
    }
    for (what, pattern) in [
        ("body", &wanted.body),
        ("status", &wanted.status),
        ("response body", &wanted.response_body),
    ] {
        if let Some(pattern) = pattern {
            words.push_str(&format!(", {what} {}", pattern.0));
        }
    }
    if let Some(most) = wanted.hops_at_most {
        words.push_str(&format!(", after at most {most} redirects"));
    }
    words
}

fn describe(exchange: &Exchange<'_>, context: &Context) -> String {
    let request = exchange.request;
    let fate = match (exchange.response, exchange.aborted) {
        (Some((_, response)), _) => response.status.to_string(),
        (None, Some(reason)) => reason.to_owned(),
        (None, None) => "unanswered".to_owned(),
    };
    let origin = origin_of(&request.url);
    let rest = request.url.strip_prefix(&origin).unwrap_or(&request.url);
    let sender = request.caller.as_deref().map_or_else(String::new, |caller| {
        format!(" by the server of {}", context.name_of(caller))
    });
    format!(
        "{} {}{rest}{sender} → {fate}",
        request.method,
        context.name_of(&origin)
    )
}
