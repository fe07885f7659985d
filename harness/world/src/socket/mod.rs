//! WebSockets: a handshake on either side, then frames relayed as they are and journalled as messages.
//!
//! The browser's side is an HTTP/1.1 upgrade or an HTTP/2 extended CONNECT (RFC 8441); the server's side
//! is always an HTTP/1.1 upgrade, over TCP to an upstream and over a pipe in memory to a mock.

mod consent;
mod frames;
mod handshake;
mod relay;

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, header};
use hyper::ext::Protocol;

use crate::exchange::{Met, Passage, text};
use crate::gateway::{Cut, Gateway};
use crate::site::Site;

/// Whether a request asks for a WebSocket.
pub(crate) fn is_asked_for(parts: &Parts) -> bool {
    if parts.method == Method::CONNECT {
        return parts
            .extensions
            .get::<Protocol>()
            .is_some_and(|protocol| protocol.as_str().eq_ignore_ascii_case("websocket"));
    }
    let headers = &parts.headers;
    parts.method == Method::GET
        && names(headers, header::UPGRADE, "websocket")
        && names(headers, header::CONNECTION, "upgrade")
}

/// Whether a list in a header holds a word, however its letters are written.
fn names(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|given| given.trim().eq_ignore_ascii_case(word))
}

/// Opens a WebSocket to the origin's server and relays it.
pub(crate) async fn open(
    gateway: &Arc<Gateway>,
    site: &Arc<Site>,
    mut passage: Passage,
    request: Parts,
    met: Met,
) -> Result<Response<Body>, Cut> {
    let over_http2 = request.method == Method::CONNECT;
    let mut request = Request::from_parts(request, ());
    let browser = hyper::upgrade::on(&mut request);
    let answered = handshake::shake_hands(gateway, site, &request, passage.id()).await;
    let mut answered = match answered {
        Ok(answered) => answered,
        Err(reason) => {
            gateway.diagnose(&reason);
            let response = text(StatusCode::BAD_GATEWAY, format!("{reason}\n"));
            return Ok(passage.deliver(&met, &Method::GET, response));
        }
    };
    if answered.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(passage.deliver(&met, &Method::GET, answered.map(Body::new)));
    }
    let server = hyper::upgrade::on(&mut answered);
    let mut response = handshake::response_to_browser(&answered, over_http2);
    let cut = met.bend_head(&passage, response.headers_mut());
    passage.last();
    passage.finish(
        response.status(),
        response.headers(),
        journal::Body::default(),
        Instant::now(),
    );
    let limit = gateway.limits.journalled;
    gateway.tasks.spawn(async move {
        // Either side may be gone before the sockets are handed over.
        let (Ok(browser), Ok(server)) = (browser.await, server.await) else {
            return;
        };
        relay::relay(&passage, limit, cut, browser, server).await;
    });
    Ok(response)
}
