//! Cross-origin resource sharing, as the Fetch standard has it ("CORS protocol").

use http::StatusCode;

use super::{Call, Reply};

/// Who may read a mock's answers from a page, and what such a page may send.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors {
    /// Origins that may; `*` for all of them.
    pub(crate) origins: Vec<String>,
    /// Methods beyond the simple ones.
    pub(crate) methods: Vec<&'static str>,
    /// Header fields beyond the safelisted ones.
    pub(crate) headers: Vec<&'static str>,
    /// Whether requests may carry credentials. Then the origin is named, also where all are welcome.
    pub(crate) credentials: bool,
}

impl Cors {
    /// What pages of these origins may that bring a token of their own (RFC 6750, §2.1), and no cookie.
    pub(crate) fn with_bearer(origins: Vec<String>, methods: &[&'static str]) -> Self {
        Self {
            origins,
            methods: methods.to_vec(),
            headers: vec!["authorization", "content-type"],
            credentials: false,
        }
    }

    /// Answers a preflight (Fetch, "CORS-preflight fetch"). Nothing where the call is none.
    pub(crate) fn preflight(&self, call: &Call) -> Option<Reply> {
        let asked = call.header("access-control-request-method")?;
        if call.method != http::Method::OPTIONS {
            return None;
        }
        let reply = self.decorate(call, Reply::empty(StatusCode::NO_CONTENT));
        if self.allowed(call).is_none() {
            return Some(reply);
        }
        let mut reply = reply.with(
            "vary",
            "access-control-request-method, access-control-request-headers",
        );
        if self.methods.contains(&asked) || matches!(asked, "GET" | "HEAD" | "POST") {
            reply = reply.with("access-control-allow-methods", &self.methods.join(", "));
        }
        if !self.headers.is_empty() {
            reply = reply.with("access-control-allow-headers", &self.headers.join(", "));
        }
        Some(reply)
    }

    /// Adds to an answer who may read it.
    pub(crate) fn decorate(&self, call: &Call, reply: Reply) -> Reply {
        let reply = reply.with("vary", "origin");
        match self.allowed(call) {
            Some(origin) if self.credentials => reply
                .with("access-control-allow-origin", origin)
                .with("access-control-allow-credentials", "true"),
            Some(origin) => reply.with("access-control-allow-origin", origin),
            None => reply,
        }
    }

    fn allowed<'a>(&self, call: &'a Call) -> Option<&'a str> {
        let origin = call.header("origin")?;
        if self.origins.iter().any(|known| known == "*") {
            return Some(if self.credentials { origin } else { "*" });
        }
        self.origins.iter().any(|known| known == origin).then_some(origin)
    }
}
