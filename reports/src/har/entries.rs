//! The entries of a trace: one per request, whatever became of it.

use std::collections::HashMap;
use std::sync::Arc;

use journal::fact::{HttpVersion, WireDirection};
use journal::projection::{Exchange, exchanges};
use journal::{Body, Event, ExchangeId, Fact};
use percent_encoding::percent_decode_str;

use super::format::{Cache, Content, Entry, Pair, PostData, Request, Response, Timings, WebSocketMessage};
use super::pages::{Span, page_at};
use super::{cookies, iso8601_us};

/// All entries, in order of their requests.
pub(super) fn entries(events: &[Arc<Event>], pages: &[Span]) -> Vec<Entry> {
    let mut sockets: HashMap<ExchangeId, Vec<WebSocketMessage>> = HashMap::new();
    for event in events {
        if let Fact::WebSocketFrame(frame) = &event.fact {
            sockets.entry(frame.exchange).or_default().push(WebSocketMessage {
                direction: match frame.direction {
                    WireDirection::ToServer => "send",
                    WireDirection::ToClient => "receive",
                },
                time: seconds(event.at.wall_us),
                opcode: opcode(&frame.opcode),
                data: frame.payload.text.clone().unwrap_or_default(),
            });
        }
    }
    exchanges(events)
        .iter()
        .map(|exchange| {
            let messages = sockets.remove(&exchange.request.exchange).unwrap_or_default();
            entry(exchange, pages, messages)
        })
        .collect()
}

fn entry(exchange: &Exchange<'_>, pages: &[Span], messages: Vec<WebSocketMessage>) -> Entry {
    let request = exchange.request;
    let timings = exchange
        .response
        .map(|(_, response)| response.timings)
        .unwrap_or_default();
    let began_us = exchange.event.at.wall_us.saturating_sub(timings.receive_us);
    let timings = Timings {
        blocked: -1.0,
        dns: -1.0,
        connect: -1.0,
        ssl: -1.0,
        send: milliseconds(timings.receive_us),
        wait: milliseconds(timings.wait_us),
        receive: milliseconds(timings.send_us),
    };
    Entry {
        pageref: page_at(pages, exchange.event.at.wall_us),
        started_date_time: iso8601_us(began_us),
        time: timings.send + timings.wait + timings.receive,
        request: Request {
            method: request.method.clone(),
            url: url_of(&request.url),
            http_version: version(request.version),
            cookies: cookies::sent(request.header_values("cookie")),
            headers: pairs(&request.headers),
            query_string: query(&request.url),
            post_data: post_data(&request.body),
            headers_size: -1,
            body_size: size(&request.body),
        },
        response: response(exchange),
        cache: Cache {},
        timings,
        connection: request.connection.to_string(),
        resource_type: resource_type(exchange, !messages.is_empty()),
        web_socket_messages: messages,
        comment: exchange
            .aborted
            .map(|reason| format!("aborted: {reason}"))
            .unwrap_or_default(),
    }
}

fn response(exchange: &Exchange<'_>) -> Response {
    let http_version = version(exchange.request.version);
    let Some((_, response)) = exchange.response else {
        return Response {
            status: 0,
            status_text: String::new(),
            http_version,
            cookies: Vec::new(),
            headers: Vec::new(),
            content: Content {
                size: 0,
                compression: None,
                mime_type: "x-unknown".to_owned(),
                text: None,
                comment: String::new(),
            },
            redirect_url: String::new(),
            headers_size: -1,
            body_size: -1,
            error: Some(exchange.aborted.unwrap_or("no response was recorded").to_owned()),
        };
    };
    Response {
        status: response.status,
        status_text: reason_phrase(response.status).to_owned(),
        http_version,
        cookies: cookies::set(response.header_values("set-cookie")),
        headers: pairs(&response.headers),
        content: content(&response.body),
        redirect_url: response.header("location").unwrap_or_default().to_owned(),
        headers_size: -1,
        body_size: size(&response.body),
        error: exchange.aborted.map(str::to_owned),
    }
}

fn content(body: &Body) -> Content {
    let whole = body.note.is_none();
    let size = match &body.text {
        Some(text) if whole => text.len() as u64,
        _ => body.size,
    };
    let saved = i64::try_from(size)
        .unwrap_or(i64::MAX)
        .saturating_sub(i64::try_from(body.size).unwrap_or(i64::MAX));
    Content {
        size,
        compression: (!body.decoded.is_empty()).then_some(saved),
        mime_type: body.media_type.clone().unwrap_or_else(|| "x-unknown".to_owned()),
        text: body.text.clone(),
        comment: body.note.clone().unwrap_or_default(),
    }
}

fn post_data(body: &Body) -> Option<PostData> {
    if body.is_empty() {
        return None;
    }
    let mime_type = body
        .media_type
        .clone()
        .unwrap_or_else(|| "application/octet-stream".to_owned());
    let text = body.text.clone().unwrap_or_default();
    let params = if mime_type
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        form(&text)
    } else {
        Vec::new()
    };
    Some(PostData {
        mime_type,
        text,
        params,
        comment: body.note.clone().unwrap_or_default(),
    })
}

/// The URL as a URI: a request has no fragment, so a `#` belongs to a pseudonym, as do characters outside ASCII.
fn url_of(url: &str) -> String {
    let mut uri = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            '"' | '#' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => push_encoded(&mut uri, character),
            plain if plain.is_ascii_graphic() => uri.push(plain),
            other => push_encoded(&mut uri, other),
        }
    }
    uri
}

fn push_encoded(uri: &mut String, character: char) {
    let mut buffer = [0; 4];
    for byte in character.encode_utf8(&mut buffer).bytes() {
        uri.push_str(percent_encoding::percent_encode_byte(byte));
    }
}

fn query(url: &str) -> Vec<Pair> {
    url.split_once('?')
        .map_or_else(Vec::new, |(_, query)| form(query))
}

fn form(text: &str) -> Vec<Pair> {
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Pair {
                name: decoded(name),
                value: decoded(value),
            }
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

fn pairs(headers: &[(String, String)]) -> Vec<Pair> {
    headers
        .iter()
        .map(|(name, value)| Pair {
            name: name.clone(),
            value: value.clone(),
        })
        .collect()
}

fn size(body: &Body) -> i64 {
    i64::try_from(body.size).unwrap_or(i64::MAX)
}

fn version(version: HttpVersion) -> &'static str {
    match version {
        HttpVersion::Http1 => "HTTP/1.1",
        HttpVersion::Http2 => "HTTP/2",
    }
}

fn opcode(name: &str) -> u8 {
    match name {
        "binary" => 2,
        "close" => 8,
        "ping" => 9,
        "pong" => 10,
        _ => 1,
    }
}

/// The kind of resource, in the words of `DevTools`.
fn resource_type(exchange: &Exchange<'_>, socket: bool) -> &'static str {
    let request = exchange.request;
    let upgrade = request.header("upgrade").unwrap_or_default();
    if socket || upgrade.eq_ignore_ascii_case("websocket") {
        return "websocket";
    }
    if request.is_preflight() {
        return "preflight";
    }
    match request.header("sec-fetch-dest").unwrap_or_default() {
        "document" | "iframe" | "frame" => "document",
        "script" | "worker" | "serviceworker" | "sharedworker" => "script",
        "style" => "stylesheet",
        "image" => "image",
        "font" => "font",
        "manifest" => "manifest",
        "audio" | "video" | "track" => "media",
        "empty" => "fetch",
        _ => "other",
    }
}

fn reason_phrase(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

/// Microseconds as milliseconds.
#[allow(
    clippy::cast_precision_loss,
    reason = "durations of a run lie far below 2^53 microseconds"
)]
pub(super) fn milliseconds(us: u64) -> f64 {
    us as f64 / 1000.0
}

#[allow(
    clippy::cast_precision_loss,
    reason = "microseconds since the epoch lie below 2^53"
)]
fn seconds(us: u64) -> f64 {
    us as f64 / 1_000_000.0
}
