//! Faults: what goes wrong on purpose between a browser and an origin.
//!
//! A [`Fault`] says which requests it meets and what it does to them. Faults are applied in the order in
//! which they were injected: delays and header changes add up, the first one that answers or cuts ends it. Those
//! behind it count the request for their `nth`, and are not spent on it.

mod desk;
mod spelling;

use std::fmt;
use std::time::Duration;

pub(crate) use desk::{Desk, Intervention, Meeting};
pub(crate) use spelling::{duration, route};

use crate::PathPattern;

/// Something that goes wrong on purpose.
///
/// Deserialized from the form in which scenarios write it, for example
/// `{origin: crm-api, route: "POST /v1/leads/*/tickets/*", nth: 1, status: 500}`:
///
/// | key | meaning |
/// |---|---|
/// | `origin` | origin of the world, by name or address; every origin when absent |
/// | `route` | `PATH` or `METHOD PATH`, the path as in [`PathPattern`]; or apart, as `method` and `path` |
/// | `nth` | which of the matching requests, from 1: `2`, `2-4`, `3-` |
/// | `times` | how often at most |
/// | `name` | shown in the journal |
/// | `status` | answers with this status, with `body` (text, or anything else as JSON) and `headers` |
/// | `delay` | answers later: milliseconds, or `300ms`, `2s` |
/// | `hang` | `true`: never answers |
/// | `reset` | `true`: cuts the connection (HTTP/1.1: TCP reset; HTTP/2: the stream is reset) |
/// | `truncate` | cuts the response body after so many bytes |
/// | `refuse` | `true`: closes without an answer; without route, `nth` and `times` the connection itself is refused |
/// | `drop-header` | leaves out this response header field |
/// | `set-header` | sets this response header field: `{name: value}` |
/// | `effect` | instead of one of the above: `hang`, `status 500`, `{status: 500}`, `delay 2s`, … |
///
/// CORS preflights are met only by a fault with `method: OPTIONS` and by a `refuse` of connections: a
/// server's error is what a page is shown only when its preflight went through. For the same reason an
/// answer made by a fault carries the CORS fields that the origin gives to that sender elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Name to show in the journal; the effect's kind where there is none.
    pub name: Option<String>,
    /// Origin it is confined to, by name or address.
    pub origin: Option<String>,
    /// Method it is confined to, upper case.
    pub method: Option<String>,
    /// Paths it is confined to.
    pub path: PathPattern,
    /// Which of the matching requests it meets.
    pub nth: Nth,
    /// How often it is applied at most.
    pub times: Option<u64>,
    /// What it does.
    pub effect: Effect,
}

/// Which of the matching requests are meant, counted from 1 since the fault was injected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nth {
    /// All of them.
    #[default]
    Every,
    /// From one to another, both included; to the end where there is no other.
    Range {
        /// The first.
        first: u64,
        /// The last.
        last: Option<u64>,
    },
}

impl Nth {
    /// Whether the request with this number is meant.
    #[must_use]
    pub fn meets(self, number: u64) -> bool {
        match self {
            Self::Every => true,
            Self::Range { first, last } => number >= first && last.is_none_or(|last| number <= last),
        }
    }
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Answers in the server's place.
    Status {
        /// The status code.
        code: u16,
        /// The body.
        body: Option<String>,
        /// Header fields.
        headers: Vec<(String, String)>,
    },
    /// Hands the request on later: when so much time has passed on the world's clock, which runs at the
    /// machine's pace and jumps when a scenario advances it.
    Delay(Duration),
    /// Never answers. The exchange counts as held by a fault.
    Hang,
    /// Cuts the connection without an answer.
    Reset,
    /// Cuts the response after so many bytes of its body.
    Truncate {
        /// Bytes that still pass.
        after: u64,
    },
    /// Closes without an answer, as a server that is offline.
    Refuse,
    /// Leaves out a response header field.
    DropHeader(String),
    /// Sets a response header field.
    SetHeader {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
}

impl Effect {
    /// Whether it answers or cuts, so that nothing behind it is met.
    pub(crate) fn ends(&self) -> bool {
        match self {
            Self::Status { .. } | Self::Hang | Self::Reset | Self::Refuse => true,
            Self::Delay(_) | Self::Truncate { .. } | Self::DropHeader(_) | Self::SetHeader { .. } => false,
        }
    }

    /// The kind, as the journal names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Delay(_) => "delay",
            Self::Hang => "hang",
            Self::Reset => "reset",
            Self::Truncate { .. } => "truncate",
            Self::Refuse => "refuse",
            Self::DropHeader(_) | Self::SetHeader { .. } => "header",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { code, .. } => write!(formatter, "answered with status {code}"),
            Self::Delay(by) => write!(formatter, "delayed by {} ms", by.as_millis()),
            Self::Hang => formatter.write_str("never answered"),
            Self::Reset => formatter.write_str("connection reset"),
            Self::Truncate { after } => write!(formatter, "body cut after {after} bytes"),
            Self::Refuse => formatter.write_str("closed without an answer"),
            Self::DropHeader(name) => write!(formatter, "header `{name}` left out"),
            Self::SetHeader { name, value } => write!(formatter, "header `{name}` set to `{value}`"),
        }
    }
}

impl Fault {
    /// A fault that meets every request.
    #[must_use]
    pub fn everywhere(effect: Effect) -> Self {
        Self {
            name: None,
            origin: None,
            method: None,
            path: PathPattern::any(),
            nth: Nth::Every,
            times: None,
            effect,
        }
    }

    /// The same, confined to an origin, by name or address.
    #[must_use]
    pub fn on(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Whether it takes a whole origin off the net, so that not even a connection is made. One that counts does not: it
    /// counts requests, and browsers open connections for which no request comes.
    pub(crate) fn takes_origin_away(&self) -> bool {
        let counts = self.nth != Nth::Every || self.times.is_some();
        self.effect == Effect::Refuse && self.path.is_any() && self.method.is_none() && !counts
    }

    /// The fault as the journal names it.
    pub(crate) fn label(&self) -> String {
        let kind = self.effect.kind();
        self.name
            .as_ref()
            .map_or_else(|| kind.to_owned(), |name| format!("{kind} ({name})"))
    }
}

/// Names an injected fault, to clear it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaultId(pub(crate) u64);
