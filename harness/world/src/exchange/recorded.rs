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
    /// Images, fonts, bulk code: a digest.
    Digest(Box<Digest>),
    /// Code that is short: a digest, and the bytes to be looked through.
    Code(Box<Digest>, Vec<u8>),
}

/// Code that is longer is a bundle: made when the app was built, the same for everybody, and slow to look through. What
/// a server writes for one user, such as a configuration with a token in it, is shorter.
const LONGEST_CODE: usize = 64 * 1024;

impl Capture {
    fn new(media_type: &str, limit: usize) -> Self {
        let digest = || Box::new(Digest::new(&SHA256));
        let kept = match essence(media_type).as_str() {
            code if is_code(code) => Kept::Code(digest(), Vec::new()),
            other if is_static(other) => Kept::Digest(digest()),
            _ => Kept::Bytes(Vec::new()),
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
            Kept::Code(digest, bytes) => {
                digest.update(data);
                bytes.extend_from_slice(data);
                if bytes.len() > LONGEST_CODE.min(self.limit) {
                    self.kept = Kept::Digest(digest.clone());
                }
            }
        }
    }

    fn journalled(&mut self, headers: &HeaderMap) -> journal::Body {
        let media_type = head::text(headers, header::CONTENT_TYPE);
        let encoding = head::text(headers, header::CONTENT_ENCODING);
        let size = self.size;
        let as_digest = |digest: &Digest, body: journal::Body| journal::Body {
            size,
            media_type: media_type.map(str::to_owned),
            note: (size > 0).then(|| "static content is not kept".to_owned()),
            digest: (size > 0).then(|| hex(digest.clone().finish().as_ref())),
            ..body
        };
        match &mut self.kept {
            Kept::Bytes(kept) => {
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
            Kept::Digest(digest) => as_digest(digest, journal::Body::default()),
            // The journal looks through the text of what has a digest, and keeps the digest alone.
            Kept::Code(digest, bytes) => {
                as_digest(digest, journal::Body::from_wire(bytes, media_type, encoding))
            }
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

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether a media type is that of scripts.
fn is_code(essence: &str) -> bool {
    matches!(
        essence,
        "text/javascript" | "application/javascript" | "application/x-javascript"
    )
}

/// Whether a media type is styles, pictures and the like, which no secret of a run can stand in.
fn is_static(essence: &str) -> bool {
    matches!(
        essence,
        "text/css" | "application/wasm" | "application/pdf" | "application/zip"
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
            ("text/javascript", false),
            ("Text/CSS; charset=utf-8", true),
            ("image/png", true),
            ("font/woff2", true),
            ("text/css", true),
            ("image/svg+xml", false),
            ("text/html", false),
            ("application/json", false),
            ("application/octet-stream", false),
            ("", false),
        ] {
            assert_eq!(is_static(&essence(media_type)), is, "{media_type}");
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

    fn recorded(script: &str) -> std::sync::Arc<journal::Event> {
        let mut headers = HeaderMap::new();
        let media_type = header::HeaderValue::from_static("text/javascript; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, media_type);
        let mut capture = Capture::new("text/javascript; charset=utf-8", 1024 * 1024);
        for piece in script.as_bytes().chunks(1000) {
            capture.take(piece);
        }
        let recorder = journal::Recorder::in_memory(journal::Clock::new(), 7);
        recorder.watch_for(journal::Canary::new("access_token", "T0p-s3cret-token-0123"));
        let response = journal::fact::Response {
            exchange: journal::ExchangeId(1),
            status: 200,
            headers: Vec::new(),
            body: capture.journalled(&headers),
            timings: journal::fact::Timings::default(),
        };
        recorder.record(journal::Source::Gateway, None, journal::Fact::Response(response));
        recorder.after(0)[0].clone()
    }

    #[test]
    fn a_secret_in_a_script_is_seen_and_the_script_is_not_kept() {
        let event = recorded("window.config = { token: 'T0p-s3cret-token-0123' }");
        assert_eq!(event.sightings.len(), 1, "{event:?}");
        let journal::Fact::Response(response) = &event.fact else {
            panic!("{event:?}");
        };
        assert_eq!(response.body.text, None);
        assert!(response.body.digest.is_some() && response.body.size == 50);
        let bundle = format!("{}\n'T0p-s3cret-token-0123'", "x".repeat(LONGEST_CODE));
        assert!(
            recorded(&bundle).sightings.is_empty(),
            "a bundle is not looked through"
        );
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
