//! Applying rewrites to a response on its way.

use std::sync::Arc;

use axum::body::Body;
use http::{HeaderMap, HeaderValue, Method, Response, header};
use http_body_util::BodyExt as _;
use journal::Fact;
use journal::fact::Rewritten;

use super::{Passage, head};
use crate::gateway::Gateway;
use crate::rewrite::{Edit, Rewrite};

/// Edits a response. Each rewrite is journalled with how often its text or field was there.
pub(super) async fn edit(
    gateway: &Arc<Gateway>,
    passage: &Passage,
    rewrites: &[&Rewrite],
    method: &Method,
    response: Response<Body>,
) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    for rewrite in rewrites {
        if let Some(matches) = rewrite.edit_head(&mut parts.headers) {
            note(gateway, passage, rewrite, matches);
        }
    }
    let edits_body = rewrites
        .iter()
        .any(|rewrite| matches!(rewrite.edit, Edit::Replace { .. }));
    if !edits_body {
        return Response::from_parts(parts, body);
    }
    forget_validators(&mut parts.headers);
    if *method == Method::HEAD || !parts.status.is_success() {
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, body);
    }
    let bytes = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        // The rest of the way treats it as it would treat the broken body itself.
        Err(error) => return Response::from_parts(parts, broken(error)),
    };
    let Some(mut text) = plain_text(&bytes, &parts.headers) else {
        for rewrite in rewrites
            .iter()
            .filter(|rewrite| matches!(rewrite.edit, Edit::Replace { .. }))
        {
            note(gateway, passage, rewrite, 0);
        }
        return Response::from_parts(parts, Body::from(bytes));
    };
    for rewrite in rewrites {
        if let Some(matches) = rewrite.edit_text(&mut text) {
            note(gateway, passage, rewrite, matches);
        }
    }
    parts.headers.remove(header::CONTENT_ENCODING);
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    Response::from_parts(parts, Body::from(text))
}

fn broken(error: axum::Error) -> Body {
    Body::from_stream(futures_util::stream::once(async move {
        Err::<bytes::Bytes, _>(error)
    }))
}

fn note(gateway: &Gateway, passage: &Passage, rewrite: &Rewrite, matches: usize) {
    gateway.rewrites.note(&rewrite.id, matches);
    let exchange = passage.id();
    gateway.record(
        exchange,
        Fact::Rewritten(Rewritten {
            exchange,
            rewrite: rewrite.id.clone(),
            matches,
        }),
    );
}

/// An edited file must not be cached under the name of the unedited one, nor checked against its hash.
fn forget_validators(headers: &mut HeaderMap) {
    for name in [header::ETAG, header::LAST_MODIFIED, header::ACCEPT_RANGES] {
        headers.remove(name);
    }
    headers.remove("digest");
    headers.remove("content-digest");
    headers.remove("repr-digest");
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The text of a body, its content coding undone; nothing where it is no text.
fn plain_text(bytes: &[u8], headers: &HeaderMap) -> Option<String> {
    let mut plain = bytes.to_vec();
    for coding in head::text(headers, header::CONTENT_ENCODING)
        .unwrap_or_default()
        .rsplit(',')
    {
        let coding = coding.trim();
        if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
            plain = journal::canary::inflate(coding, &plain)?;
        }
    }
    String::from_utf8(plain).ok()
}
