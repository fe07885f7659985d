//! Faults as a request meets them, and as they bend its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version, header};
use http_body::{Frame, SizeHint};
use journal::Clock;

use super::{Passage, answer};
use crate::fault::{Effect, Intervention, Meeting};
use crate::gateway::{Connection, Cut, Gateway};
use crate::site::Site;

/// How often a delay looks at the world's clock, which can jump but not call.
const GLANCE: Duration = Duration::from_millis(5);

/// How long a cut waits, so that what passed before it is on the wire.
const FAREWELL: Duration = Duration::from_millis(25);

/// What the faults have decided about an exchange.
#[derive(Default)]
pub(crate) struct Met {
    /// An answer in the server's place.
    pub(super) answer: Option<Response<Body>>,
    /// What is still to be done to the answer.
    later: Vec<Intervention>,
}

/// Applies the faults that a request meets, in order, until one ends it.
pub(super) async fn meet(
    gateway: &Arc<Gateway>,
    connection: &Connection,
    passage: &mut Passage,
    request: &Parts,
) -> Result<Met, Cut> {
    let site = &connection.site;
    let interventions = gateway.faults.meet(Meeting {
        site: &site.name,
        origin: &site.address,
        method: request.method.as_str(),
        path: request.uri.path(),
        query: request.uri.query(),
        preflight: is_preflight(request),
    });
    let mut met = Met::default();
    for fault in interventions {
        match &fault.effect {
            Effect::Truncate { .. } | Effect::DropHeader(_) | Effect::SetHeader { .. } => {
                met.later.push(fault);
                continue;
            }
            _ => passage.fault(fault.label(), fault.effect.to_string()),
        }
        match &fault.effect {
            Effect::Status { code, body, headers } => {
                met.answer = Some(status(site, request, *code, body.as_deref(), headers));
                break;
            }
            Effect::Delay(by) => wait(gateway.recorder.clock(), passage, *by).await,
            Effect::Hang => {
                passage.hold(format!("held by the fault `{}`", fault.label()));
                std::future::pending::<()>().await;
            }
            Effect::Reset => {
                passage.doom(format!("reset by the fault `{}`", fault.label()));
                if request.version != Version::HTTP_2 {
                    connection.end_with_reset();
                }
                return Err(Cut);
            }
            Effect::Refuse => {
                passage.doom(format!("refused by the fault `{}`", fault.label()));
                if fault.takes_origin_away() {
                    connection.end();
                }
                return Err(Cut);
            }
            Effect::Truncate { .. } | Effect::DropHeader(_) | Effect::SetHeader { .. } => {}
        }
    }
    Ok(met)
}

/// Whether a request is a CORS preflight (Fetch, section 3.3.2).
fn is_preflight(request: &Parts) -> bool {
    request.method == Method::OPTIONS
        && request.headers.contains_key(header::ORIGIN)
        && request
            .headers
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Waits until the world's clock is so much further, by running or by jumping.
async fn wait(clock: &Clock, passage: &Passage, by: Duration) {
    let until = clock
        .now_ms()
        .saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX));
    passage.delay(Some(until));
    loop {
        let left = until.saturating_sub(clock.now_ms());
        let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else {
            passage.delay(None);
            return;
        };
        tokio::time::sleep(GLANCE.min(Duration::from_millis(left))).await;
    }
}

fn status(
    site: &Site,
    request: &Parts,
    code: u16,
    body: Option<&str>,
    headers: &[(String, String)],
) -> Response<Body> {
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer::text(status, body.unwrap_or_default().to_owned());
    if body.is_none() {
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    for (name, value) in manners(site, request) {
        response.headers_mut().insert(name, value);
    }
    for (name, value) in headers {
        insert(response.headers_mut(), name, value);
    }
    response
}

/// The CORS fields with which the origin would have answered this sender.
///
/// Where it has not answered the sender before, the request was one that needs no preflight, and the
/// sender is told the status but nothing with credentials.
fn manners(site: &Site, request: &Parts) -> Vec<(HeaderName, HeaderValue)> {
    let Some(sender) = request.headers.get(header::ORIGIN) else {
        return Vec::new();
    };
    if *sender == *site.address {
        return Vec::new();
    }
    site.manners
        .towards(sender)
        .unwrap_or_else(|| vec![(header::ACCESS_CONTROL_ALLOW_ORIGIN, sender.clone())])
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}

impl Met {
    /// Applies what is to be done to an answer's head, and cuts its body short.
    pub(super) fn bend(&self, passage: &Passage, mut response: Response<Body>) -> Response<Body> {
        if let Some(after) = self.bend_head(passage, response.headers_mut()) {
            response = response.map(|body| Body::new(Truncated::new(body, after)));
        }
        response
    }

    /// Applies what is to be done to a head. Says after how many bytes the rest is cut, if it is.
    pub(crate) fn bend_head(&self, passage: &Passage, headers: &mut HeaderMap) -> Option<u64> {
        let mut cut = None;
        for fault in &self.later {
            passage.fault(fault.label(), fault.effect.to_string());
            match &fault.effect {
                Effect::DropHeader(name) => {
                    headers.remove(name.as_str());
                }
                Effect::SetHeader { name, value } => insert(headers, name, value),
                Effect::Truncate { after } => cut = Some(cut.unwrap_or(u64::MAX).min(*after)),
                _ => {}
            }
        }
        cut
    }
}

/// A body that breaks off after so many bytes.
struct Truncated {
    inner: Body,
    left: u64,
    after: u64,
    farewell: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Truncated {
    fn new(inner: Body, after: u64) -> Self {
        Self {
            inner,
            left: after,
            after,
            farewell: None,
        }
    }
}

impl http_body::Body for Truncated {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left > 0 {
            let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
            let Some(frame) = frame else {
                return Poll::Ready(None);
            };
            let Ok(mut data) = frame?.into_data() else {
                context.waker().wake_by_ref();
                return Poll::Pending;
            };
            data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.left -= data.len() as u64;
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        let farewell = self
            .farewell
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(FAREWELL)));
        std::task::ready!(farewell.as_mut().poll(context));
        let reason = format!("cut by a fault after {} bytes", self.after);
        Poll::Ready(Some(Err(reason.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.left > 0 && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
