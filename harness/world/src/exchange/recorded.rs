//! Response bodies on their way out: passed on as they come, with a copy or a digest for the journal.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use aws_lc_rs::digest::{Context as Digest, SHA256};
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, header};
use http_body::{Body as _, Frame, SizeHint};

use super::{Passage, head};

/// Wraps a response so that its end, or its abort, is journalled.
pub(super) fn record(passage: Passage, method: &Method, response: Response<Body>) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let media_type = head::text(&parts.headers, header::CONTENT_TYPE).unwrap_or_default();
    let stream = is_stream(media_type);
    if stream {
        passage.last();
    }
    let length = head::text(&parts.headers, header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let mut ending = Ending {
        capture: Capture::new(media_type, passage.gateway.limits.journalled),
        passage,
        status: parts.status,
        headers: parts.headers.clone(),
        head_at: Instant::now(),
        stream,
    };
    // RFC 9110, section 6.4.1: such responses have no content, whatever their fields say.
    let bodiless = *method == Method::HEAD
        || parts.status == StatusCode::NO_CONTENT
        || parts.status == StatusCode::NOT_MODIFIED;
    if bodiless || body.is_end_stream() {
        ending.finish();
        return Response::from_parts(parts, body);
    }
    let expected = length.or_else(|| body.size_hint().exact());
    let recorded = Recorded {
        inner: body,
        expected,
        ending: Some(ending),
    };
    Response::from_parts(parts, Body::new(recorded))
}

/// Whether a response lasts by its nature.
fn is_stream(media_type: &str) -> bool {
    ["text/event-stream", "multipart/x-mixed-replace"]
        .iter()
        .any(|stream| media_type.trim_start().starts_with(stream))
}

struct Recorded {
    inner: Body,
    /// Length of the whole body, where it is known.
    expected: Option<u64>,
    ending: Option<Ending>,
}

/// What is needed to journal the end of a response.
struct Ending {
    passage: Passage,
    status: StatusCode,
    headers: HeaderMap,
    head_at: Instant,
    capture: Capture,
    stream: bool,
}

impl Ending {
    fn finish(&mut self) {
        let body = self.capture.journalled(&self.headers);
        self.passage
            .finish(self.status, &self.headers, body, self.head_at);
    }
}

impl http_body::Body for Recorded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
        let this = &mut *self;
        match &frame {
            Some(Ok(frame)) => {
                if let (Some(data), Some(ending)) = (frame.data_ref(), &mut this.ending) {
                    ending.capture.take(data);
                    // HTTP/1.1 does not ask again after the last byte of a stated length.
                    if this.inner.is_end_stream() || this.expected == Some(ending.capture.size) {
                        ending.finish();
                        this.ending = None;
                    }
                }
            }
            Some(Err(error)) => {
                if let Some(mut ending) = this.ending.take() {
                    let reason = ending.passage.reason(&format!("the answer broke off: {error}"));
                    ending.passage.abort(&reason);
                }
            }
            None => {
                if let Some(mut ending) = this.ending.take() {
                    ending.finish();
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        let Some(mut ending) = self.ending.take() else {
            return;
        };
        let sent = ending.capture.size;
        if ending.stream {
            // A stream ends when its reader leaves: that is no accident.
            let mut body = ending.capture.journalled(&ending.headers);
            body.note
                .get_or_insert_with(|| "the stream was open until its reader left".to_owned());
            ending
                .passage
                .finish(ending.status, &ending.headers, body, ending.head_at);
            return;
        }
        let of = self
            .expected
            .map_or_else(String::new, |length| format!(" of {length}"));
        let reason = format!(
            "the client went away after {sent}{of} bytes of a {} answer",
            ending.status.as_u16()
        );
        let reason = ending.passage.reason(&reason);
        ending.passage.abort(&reason);
    }
}

/// What is kept of a body for the journal.
struct Capture {
    kept: Kept,
    size: u64,
    limit: usize,
}

enum Kept {
    /// Text, or what might be: the first bytes.
    Bytes(Vec<u8>),
    /// Code, images, fonts: a digest.
    Digest(Box<Digest>),
}

impl Capture {
    fn new(media_type: &str, limit: usize) -> Self {
        let kept = if is_static(media_type) {
            Kept::Digest(Box::new(Digest::new(&SHA256)))
        } else {
            Kept::Bytes(Vec::new())
        };
        Self { kept, size: 0, limit }
    }

    fn take(&mut self, data: &[u8]) {
        self.size += data.len() as u64;
        match &mut self.kept {
            Kept::Bytes(kept) => {
                let room = self.limit.saturating_sub(kept.len()).min(data.len());
                kept.extend_from_slice(&data[..room]);
            }
            Kept::Digest(digest) => digest.update(data),
        }
    }

    fn journalled(&mut self, headers: &HeaderMap) -> journal::Body {
        let media_type = head::text(headers, header::CONTENT_TYPE);
        let size = self.size;
        match &mut self.kept {
            Kept::Bytes(kept) => {
                let encoding = head::text(headers, header::CONTENT_ENCODING);
                let mut body = journal::Body::from_wire(kept, media_type, encoding);
                if (kept.len() as u64) < size {
                    body.note = Some(format!(
                        "only the first {} of {size} bytes were looked at",
                        kept.len()
                    ));
                }
                body.size = size;
                body
            }
            Kept::Digest(digest) => journal::Body {
                size,
                media_type: media_type.map(str::to_owned),
                note: (size > 0).then(|| "static content is not kept".to_owned()),
                digest: (size > 0).then(|| hex(digest.clone().finish().as_ref())),
                ..journal::Body::default()
            },
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a media type is code, pictures and the like, which no secret of a run can stand in.
fn is_static(media_type: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    matches!(
        essence.as_str(),
        "text/css"
            | "text/javascript"
            | "application/javascript"
            | "application/x-javascript"
            | "application/wasm"
            | "application/pdf"
            | "application/zip"
    ) || ["image/", "font/", "audio/", "video/"]
        .iter()
        .any(|kind| essence.starts_with(kind) && essence != "image/svg+xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_content_is_told_from_what_may_hold_secrets() {
        for (media_type, is) in [
            ("text/javascript; charset=utf-8", true),
            ("image/png", true),
            ("font/woff2", true),
            ("text/css", true),
            ("image/svg+xml", false),
            ("text/html", false),
            ("application/json", false),
            ("application/octet-stream", false),
            ("", false),
        ] {
            assert_eq!(is_static(media_type), is, "{media_type}");
        }
    }

    #[test]
    fn static_content_is_kept_as_a_digest() {
        let mut capture = Capture::new("image/png", 4);
        capture.take(b"a");
        capture.take(b"bc");
        let body = capture.journalled(&HeaderMap::new());
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((body.size, body.digest.as_deref()), (3, Some(of_abc)));
    }

    #[test]
    fn a_capture_stops_at_its_limit_and_says_so() {
        let mut capture = Capture::new("text/plain", 4);
        capture.take(b"abc");
        capture.take(b"def");
        let body = capture.journalled(&HeaderMap::new());
        assert_eq!((body.size, body.text.as_deref()), (6, Some("abcd")));
        assert!(body.note.unwrap().contains("first 4 of 6"));
    }
}
