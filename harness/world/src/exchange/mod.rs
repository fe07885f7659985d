//! One request and what becomes of it: journalled, met by faults, served, edited, journalled.

mod answer;
mod blank;
mod fault;
mod head;
mod intake;
mod passage;
mod recorded;
mod rewriting;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use futures_util::FutureExt as _;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use journal::fact::Refusal;

pub(crate) use answer::text;
pub use blank::BLANK_PATH;
pub(crate) use fault::Met;
use intake::{Intake, Unreadable};
pub(crate) use passage::Passage;

use crate::gateway::{Asker, Connection, Cut, Gateway, refuse};
use crate::site::Site;
use crate::{server, socket};

/// Serves one request.
pub(crate) async fn serve(
    gateway: &Arc<Gateway>,
    connection: &Arc<Connection>,
    request: Request<Body>,
) -> Result<Response<Body>, Cut> {
    let began = Instant::now();
    let site = &connection.site;
    let (mut parts, incoming) = request.into_parts();
    head::join_cookies(&mut parts.headers);
    head::drop_proxy_fields(&mut parts.headers);
    let url = head::absolute_url(site, &parts.uri);
    let mut passage = Passage::begin(gateway, &url, began, connection.sent.as_ref());
    parts.extensions.insert(passage.id());

    let wants_socket = socket::is_asked_for(&parts);
    let intake = if wants_socket {
        Intake::empty()
    } else {
        match take_in(gateway, site, &mut passage, &parts, incoming).await {
            Ok(intake) => intake,
            Err(outcome) => return outcome,
        }
    };
    if is_private(gateway, site, &parts) {
        passage.abandon();
        head::strip_for_server(&mut parts, site);
        let request = Request::from_parts(parts, intake.body);
        return Ok(converse(gateway, site, &passage, request).await);
    }
    passage.arrived(connection.number, url, &parts, intake.journalled);
    head::strip_for_server(&mut parts, site);

    if blank::is_asked_for(&parts.uri) {
        let response = blank::answer(&parts.uri);
        return Ok(passage.answer(&parts.method, response));
    }
    let asker = Asker::of(&parts.headers);
    let method = parts.method.clone();
    let mut met = fault::meet(gateway, connection, &mut passage, &parts).await?;
    let mut response = match met.answer.take() {
        Some(response) => response,
        None if wants_socket => return socket::open(gateway, site, passage, parts, met).await,
        None => dispatch(gateway, site, &passage, Request::from_parts(parts, intake.body)).await,
    };
    if intake.overrun.is_over() {
        response = too_large(gateway, passage.url(), asker);
    }
    Ok(passage.deliver(&met, &method, response))
}

/// Reads the request's body. Where it cannot be read, that is the outcome of the exchange.
async fn take_in(
    gateway: &Gateway,
    site: &Site,
    passage: &mut Passage,
    parts: &Parts,
    incoming: Body,
) -> Result<Intake, Result<Response<Body>, Cut>> {
    let patient = !site.server.is_upstream();
    let received = intake::receive(incoming, &parts.headers, &gateway.limits, patient).await;
    received.map_err(|unreadable| match unreadable {
        Unreadable::TooLarge => {
            passage.abandon();
            Ok(too_large(gateway, passage.url(), Asker::of(&parts.headers)))
        }
        Unreadable::Broken(reason) => {
            passage.abort(&format!("the request body did not arrive: {reason}"));
            Err(Cut)
        }
    })
}

fn too_large(gateway: &Gateway, url: &str, asker: Asker) -> Response<Body> {
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    refuse(gateway, url.to_owned(), Refusal::TooLarge, asker, status)
}

/// Whether a request goes to a channel that production has not.
fn is_private(gateway: &Gateway, site: &Site, parts: &Parts) -> bool {
    site.mock
        .as_ref()
        .is_some_and(|mock| gateway.cast.is_private(mock, parts.uri.path()))
}

/// Lets a mock speak with its own pages, off the record.
async fn converse(
    gateway: &Gateway,
    site: &Site,
    passage: &Passage,
    request: Request<Body>,
) -> Response<Body> {
    let mut serving = std::pin::pin!(server::serve(gateway, site, request));
    if let Some(response) = serving.as_mut().now_or_never() {
        return response;
    }
    passage.last();
    serving.await
}

/// Has the origin's server answer, and edits what it says.
async fn dispatch(
    gateway: &Arc<Gateway>,
    site: &Arc<Site>,
    passage: &Passage,
    mut request: Request<Body>,
) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let rewrites = gateway
        .rewrites
        .meet(&site.name, &site.address, &path, request.uri().query());
    if !rewrites.is_empty() {
        crate::rewrite::ask_for_whole_file(request.headers_mut());
    }
    let method = request.method().clone();
    let sender = request.headers().get(http::header::ORIGIN).cloned();
    let serving = AssertUnwindSafe(server::serve(gateway, site, request)).catch_unwind();
    let mut response = serving.await.unwrap_or_else(|panic| {
        let reason = panic_text(panic.as_ref());
        tracing::error!("the server of {} panicked: {reason}", site.address);
        answer::text(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the server of {} panicked: {reason}\n", site.address),
        )
    });
    site.manners.learn(sender.as_ref(), response.headers());
    if !rewrites.is_empty() {
        response = rewriting::edit(gateway, passage, &rewrites, &method, response).await;
    }
    response
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
