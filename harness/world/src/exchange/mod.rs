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
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use journal::fact::Refusal;

pub(crate) use answer::text;
pub use blank::BLANK_PATH;
pub(crate) use fault::Met;
use intake::Intake;
pub(crate) use passage::Passage;

use crate::gateway::{Asker, Connection, Cut, Gateway, refuse};
use crate::site::Site;
use crate::{server, socket};

/// Serves one request.
pub(crate) async fn serve(
    gateway: &Arc<Gateway>,
    connection: &Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let began = Instant::now();
    let site = &connection.site;
    let (mut parts, incoming) = request.into_parts();
    head::join_cookies(&mut parts.headers);
    head::drop_proxy_fields(&mut parts.headers);
    let url = head::absolute_url(site, &parts.uri);
    let mut passage = Passage::begin(gateway, url.clone(), began);
    parts.extensions.insert(passage.id());

    let wants_socket = socket::is_asked_for(&parts);
    let intake = if wants_socket {
        Ok(Intake::empty())
    } else {
        let patient = !site.server.is_upstream();
        intake::receive(incoming, &parts.headers, &gateway.limits, patient).await
    };
    let intake = match intake {
        Ok(intake) => intake,
        Err(intake::Unreadable::TooLarge) => {
            passage.abandon();
            return Ok(refuse(
                gateway,
                url,
                Refusal::TooLarge,
                Asker::of(&parts.headers),
                StatusCode::PAYLOAD_TOO_LARGE,
            ));
        }
        Err(intake::Unreadable::Broken(reason)) => {
            passage.abort(&format!("the request body did not arrive: {reason}"));
            return Err(Cut);
        }
    };
    passage.arrived(connection.number, url.clone(), &parts, intake.journalled);
    head::strip_for_server(&mut parts, site);

    if blank::is_asked_for(&parts.uri) {
        let response = blank::answer(&parts.uri);
        return Ok(passage.answer(&parts.method, response));
    }
    let asker = Asker::of(&parts.headers);
    let method = parts.method.clone();
    let mut met = fault::meet(gateway, connection, &mut passage, &parts).await?;
    let response = match met.answer.take() {
        Some(response) => response,
        None if wants_socket => return socket::open(gateway, site, passage, parts, met).await,
        None => dispatch(gateway, site, &passage, Request::from_parts(parts, intake.body)).await,
    };
    if intake.overrun.is_over() {
        passage.abandon();
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(refuse(gateway, url, Refusal::TooLarge, asker, status));
    }
    Ok(passage.deliver(&met, &method, response))
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
