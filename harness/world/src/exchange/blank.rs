//! The blank page that every origin has, to send messages from.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, Uri, header};

use super::answer;

/// Path of a blank page that the gateway serves on every origin of a world, whoever serves the rest.
///
/// With the query `opaque` it is sandboxed, so that its origin is `null`. No fault meets it.
pub const BLANK_PATH: &str = "/.well-known/rehearse/blank";

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Rehearse sender</title><link rel=\"icon\" href=\"data:,\"></html>\n";

pub(super) fn is_asked_for(uri: &Uri) -> bool {
    uri.path() == BLANK_PATH
}

pub(super) fn answer(uri: &Uri) -> Response<Body> {
    let mut response = answer::typed(StatusCode::OK, "text/html; charset=utf-8", PAGE);
    let opaque = uri.query().is_some_and(|query| {
        query
            .split('&')
            .any(|name| name == "opaque" || name.starts_with("opaque="))
    });
    if opaque {
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox allow-scripts"),
        );
    }
    response
}
