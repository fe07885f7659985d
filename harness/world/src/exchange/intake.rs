//! Reading a request's body: whole where it is small, streamed on where it is large.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;

use super::head;
use crate::ahead::Ahead;
use crate::plan::Limits;

/// How long a body of unstated length may pause before it is taken for a stream.
const PAUSE: Duration = Duration::from_millis(250);

/// A request body, ready to be handed on.
pub(super) struct Intake {
    pub(super) body: Body,
    /// The body for the journal.
    pub(super) journalled: journal::Body,
    pub(super) overrun: Overrun,
}

/// Whether a streamed body went over the limit after the server had begun to read it.
#[derive(Clone, Debug, Default)]
pub(super) struct Overrun(Option<Arc<AtomicBool>>);

impl Overrun {
    pub(super) fn is_over(&self) -> bool {
        self.0.as_ref().is_some_and(|over| over.load(Ordering::Acquire))
    }
}

/// Why a body cannot be handed on.
#[derive(Debug)]
pub(super) enum Unreadable {
    TooLarge,
    Broken(String),
}

impl Intake {
    pub(super) fn empty() -> Self {
        Self {
            body: Body::empty(),
            journalled: journal::Body::default(),
            overrun: Overrun::default(),
        }
    }
}

/// Reads a body up to what the journal looks at; what is longer is streamed on.
///
/// A `patient` reader waits for the end of a body of unstated length. Another one, whose server may want
/// to answer while the body still comes, takes it for a stream when it pauses.
pub(super) async fn receive(
    mut incoming: Body,
    headers: &HeaderMap,
    limits: &Limits,
    patient: bool,
) -> Result<Intake, Unreadable> {
    if incoming.is_end_stream() {
        return Ok(Intake::empty());
    }
    let stated = incoming.size_hint().exact();
    if stated.is_some_and(|length| length > limits.body) {
        return Err(Unreadable::TooLarge);
    }
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    loop {
        let frame = incoming.frame();
        let frame = if patient || stated.is_some() {
            frame.await
        } else {
            match tokio::time::timeout(PAUSE, frame).await {
                Ok(frame) => frame,
                Err(_) => break,
            }
        };
        match frame {
            None => {
                let whole = joined(first, more);
                if whole.len() as u64 > limits.body {
                    return Err(Unreadable::TooLarge);
                }
                return Ok(Intake {
                    journalled: journalled(&whole, headers),
                    body: Body::from(whole),
                    overrun: Overrun::default(),
                });
            }
            Some(Err(error)) => return Err(Unreadable::Broken(error.to_string())),
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                if first.is_empty() && more.is_empty() {
                    first = data;
                } else {
                    if more.is_empty() {
                        more.extend_from_slice(&std::mem::take(&mut first));
                    }
                    more.extend_from_slice(&data);
                }
                if first.len() + more.len() > limits.journalled {
                    break;
                }
            }
        }
    }
    Ok(streamed(joined(first, more), incoming, stated, headers, limits))
}

fn joined(first: Bytes, more: BytesMut) -> Bytes {
    if more.is_empty() { first } else { more.freeze() }
}

fn journalled(bytes: &[u8], headers: &HeaderMap) -> journal::Body {
    journal::Body::from_wire(
        bytes,
        head::text(headers, header::CONTENT_TYPE),
        head::text(headers, header::CONTENT_ENCODING),
    )
}

fn streamed(
    first: Bytes,
    incoming: Body,
    stated: Option<u64>,
    headers: &HeaderMap,
    limits: &Limits,
) -> Intake {
    let mut journalled = journalled(&first, headers);
    journalled.size = stated.unwrap_or(first.len() as u64);
    journalled.note = Some(format!(
        "only the first {} bytes were looked at; the rest was streamed",
        first.len()
    ));
    let over = Arc::new(AtomicBool::new(false));
    let rest = Metered {
        inner: Ahead::new(first, incoming),
        left: limits.body,
        over: Arc::clone(&over),
    };
    Intake {
        body: Body::new(rest),
        journalled,
        overrun: Overrun(Some(over)),
    }
}

/// A body that may not go over a limit.
struct Metered<B> {
    inner: B,
    left: u64,
    over: Arc<AtomicBool>,
}

impl<B> http_body::Body for Metered<B>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(data) = frame.data_ref()
        {
            match self.left.checked_sub(data.len() as u64) {
                Some(left) => self.left = left,
                None => {
                    self.over.store(true, Ordering::Release);
                    return Poll::Ready(Some(Err("the body is over the limit".into())));
                }
            }
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
