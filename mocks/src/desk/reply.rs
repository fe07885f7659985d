//! A response, built without knowing of sockets.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

/// A response of a mock.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Reply {
    /// A response without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// A body of any type.
    pub(crate) fn of(status: StatusCode, media_type: &str, body: impl Into<Bytes>) -> Self {
        let mut reply = Self::empty(status).with("content-type", media_type);
        reply.body = body.into();
        reply
    }

    /// A JSON document, not to be kept by caches.
    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::of(status, "application/json; charset=utf-8", value.to_string())
            .with("cache-control", "no-store")
    }

    /// The error document all product APIs share.
    pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"error": {"code": code, "message": message}}))
    }

    /// An HTML page under a policy, never sniffed and never kept by caches.
    pub(crate) fn page(status: StatusCode, policy: &str, html: impl Into<Bytes>) -> Self {
        Self::of(status, "text/html; charset=utf-8", html)
            .with("content-security-policy", policy)
            .with("x-content-type-options", "nosniff")
            .with("cache-control", "no-store")
    }

    /// A redirect by GET (`303 See Other` after a form, else `302 Found`).
    pub(crate) fn redirect(status: StatusCode, location: &str) -> Self {
        Self::empty(status)
            .with("location", location)
            .with("cache-control", "no-store")
    }

    /// The same with a header field more. A value that is no header value is left out.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (name.parse(), HeaderValue::from_str(value)) {
            self.headers.push((name, value));
        }
        self
    }

    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }
}

impl Reply {
    /// The response with its body at hand, for whoever asked without a socket.
    pub(crate) fn complete(self) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        self.complete().map(Body::from)
    }
}

/// Text made safe for HTML content and quoted attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
