//! Facts seen on the wire, by the gateway.

use serde::{Deserialize, Serialize};

use crate::{Body, ExchangeId};

/// Version of HTTP an exchange used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HttpVersion {
    /// HTTP/1.0 or HTTP/1.1.
    #[serde(rename = "HTTP/1.1")]
    Http1,
    /// HTTP/2.
    #[serde(rename = "HTTP/2")]
    Http2,
}

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Identity shared with the response and with the mocks' facts.
    pub exchange: ExchangeId,
    /// Connection it came on; requests of one connection share it.
    pub connection: u64,
    /// HTTP version.
    pub version: HttpVersion,
    /// Method, upper case.
    pub method: String,
    /// Absolute URL, with the production host.
    pub url: String,
    /// Header fields in the order they came, names in lower case, repeated ones repeated.
    pub headers: Vec<(String, String)>,
    /// The body, decoded from its content coding.
    pub body: Body,
    /// The origin whose server sent it; nothing where a browser did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
}

impl Request {
    /// The value of the first header field of a name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// The values of all header fields of a name, which is given in lower case, in the order they came.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        values(&self.headers, name)
    }

    /// Whether it asks if another request may be made (Fetch, section 3.3.2, CORS-preflight request).
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        self.method == "OPTIONS" && self.header("access-control-request-method").is_some()
    }
}

/// A response as it left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The exchange it ends.
    pub exchange: ExchangeId,
    /// Status code.
    pub status: u16,
    /// Header fields in the order they went, names in lower case, repeated ones repeated.
    pub headers: Vec<(String, String)>,
    /// The body, decoded from its content coding.
    pub body: Body,
    /// How long the parts took.
    pub timings: Timings,
}

impl Response {
    /// The value of the first header field of a name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// The values of all header fields of a name, which is given in lower case, in the order they went.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        values(&self.headers, name)
    }
}

fn values<'fields>(fields: &'fields [(String, String)], wanted: &str) -> impl Iterator<Item = &'fields str> {
    fields
        .iter()
        .filter(move |(name, _)| name == wanted)
        .map(|(_, value)| value.as_str())
}

/// Durations of one exchange, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// From the first byte of the head to the end of the request body.
    pub receive_us: u64,
    /// From the end of the request to the head of the response.
    pub wait_us: u64,
    /// From the head of the response to its last byte.
    pub send_us: u64,
}

/// An exchange that ended without a complete response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aborted {
    /// The exchange.
    pub exchange: ExchangeId,
    /// Why, in words.
    pub reason: String,
}

/// Why the gateway refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The host is no origin of this world.
    UnknownHost,
    /// The host is in the world, the port or scheme is not.
    UndeclaredPort,
    /// The peer is not on loopback.
    ForeignPeer,
    /// The request cannot be understood.
    Malformed,
    /// The request is over a limit.
    TooLarge,
    /// The quarantine port, which answers nothing.
    Quarantine,
}

/// A connection or request that the gateway refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// `host:port` or URL that was asked for, or the peer's address.
    pub authority: String,
    /// Why.
    pub reason: Refusal,
    /// Who asked, where that is known: the `Referer` or `Origin` that the request carried, or the origin whose server asked. A
    /// CONNECT, and so every request by `https`, carries neither: there the page's `load-failed` says who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
}

/// A TLS handshake that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TlsFailed {
    /// `host:port` of the CONNECT.
    pub authority: String,
    /// What rustls said.
    pub reason: String,
}

/// Which way a WebSocket frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WireDirection {
    /// From the browser.
    ToServer,
    /// To the browser.
    ToClient,
}

/// A WebSocket message (RFC 6455), after reassembly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebSocketFrame {
    /// The exchange that opened the socket.
    pub exchange: ExchangeId,
    /// Which way it went.
    pub direction: WireDirection,
    /// `text`, `binary`, `ping`, `pong` or `close`.
    pub opcode: String,
    /// The payload.
    pub payload: Body,
}

/// A named fault that was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultApplied {
    /// The exchange it met.
    pub exchange: ExchangeId,
    /// The fault, by name (`status`, `delay`, `hang`, `reset`, `truncate`, `refuse`, `header`).
    pub fault: String,
    /// Its parameters, in words.
    pub detail: String,
}

/// A response that was rewritten on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rewritten {
    /// The exchange.
    pub exchange: ExchangeId,
    /// The rewrite, by name (the sabotage's id).
    pub rewrite: String,
    /// How often its text was found in this response; anything but 1 makes it inapplicable.
    pub matches: usize,
}
