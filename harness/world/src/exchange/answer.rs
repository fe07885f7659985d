//! Answers that the gateway words itself.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};

/// An answer in plain text that no cache keeps.
pub(crate) fn text(status: StatusCode, text: impl Into<Body>) -> Response<Body> {
    typed(status, "text/plain; charset=utf-8", text)
}

/// An answer of a media type that no cache keeps.
pub(crate) fn typed(status: StatusCode, media_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
