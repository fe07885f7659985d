//! The opening handshake (RFC 6455, section 4) with the server, and its answer for the browser.

use std::sync::Arc;

use aws_lc_rs::rand;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use journal::ExchangeId;
use tokio::io::{AsyncRead, AsyncWrite};

use super::consent;
use crate::gateway::Gateway;
use crate::server::{self, Server};
use crate::site::Site;

/// Bytes that a pipe to a mock holds.
const PIPE: usize = 64 * 1024;

/// Shakes hands with the origin's server. An error is a reason in words.
pub(super) async fn shake_hands(
    gateway: &Arc<Gateway>,
    site: &Arc<Site>,
    request: &Request<()>,
    exchange: ExchangeId,
) -> Result<Response<Incoming>, String> {
    let mut handshake = request_to_server(request)?;
    let key = handshake.headers().get(header::SEC_WEBSOCKET_KEY).cloned();
    let answered = match server::for_request(site, request.uri().path()) {
        Server::Router(router) => {
            let (near, far) = tokio::io::duplex(PIPE);
            gateway
                .tasks
                .spawn(server::serve_pipe(router.clone(), far, exchange));
            send(gateway, near, handshake).await
        }
        Server::Upstream(upstream) => {
            upstream.address_to(site, handshake.headers_mut(), true);
            let stream = upstream
                .dial()
                .await
                .map_err(|error| upstream.silent(site, &error))?;
            send(gateway, stream, handshake).await
        }
        Server::Directory(_) => Err(format!(
            "{} is served from a folder, which has no WebSockets",
            site.address
        )),
    }?;
    let switched = answered.status() == StatusCode::SWITCHING_PROTOCOLS;
    if let Some(key) = key.filter(|_| switched && request.method() == Method::CONNECT) {
        consent::check(&key, answered.headers()).map_err(|problem| {
            format!(
                "the server of {} answers a WebSocket handshake with 101, but {problem}",
                site.address
            )
        })?;
    }
    Ok(answered)
}

async fn send<S>(
    gateway: &Arc<Gateway>,
    stream: S,
    handshake: Request<Empty<Bytes>>,
) -> Result<Response<Incoming>, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let words = |error: hyper::Error| format!("the WebSocket handshake failed: {error}");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(words)?;
    gateway.tasks.spawn(async move {
        // What goes wrong here shows on the other end of `sender`.
        let _ = connection.with_upgrades().await;
    });
    sender.send_request(handshake).await.map_err(words)
}

/// The handshake as an HTTP/1.1 upgrade without extensions, so that frames can be read on their way.
fn request_to_server(request: &Request<()>) -> Result<Request<Empty<Bytes>>, String> {
    let mut handshake = Request::new(Empty::new());
    *handshake.method_mut() = Method::GET;
    *handshake.version_mut() = Version::HTTP_11;
    *handshake.uri_mut() = request.uri().clone();
    *handshake.headers_mut() = request.headers().clone();
    let headers = handshake.headers_mut();
    headers.remove(header::SEC_WEBSOCKET_EXTENSIONS);
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    if !headers.contains_key(header::SEC_WEBSOCKET_KEY) {
        let mut key = [0; 16];
        rand::fill(&mut key).map_err(|_| "no random bytes for a WebSocket key".to_owned())?;
        let key = HeaderValue::try_from(STANDARD.encode(key)).map_err(|error| error.to_string())?;
        headers.insert(header::SEC_WEBSOCKET_KEY, key);
    }
    Ok(handshake)
}

/// The server's consent as the browser's version of HTTP puts it (RFC 8441, section 5 for HTTP/2).
pub(super) fn response_to_browser(answered: &Response<Incoming>, over_http2: bool) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let mut headers: HeaderMap = answered.headers().clone();
    headers.remove(header::SEC_WEBSOCKET_EXTENSIONS);
    if over_http2 {
        for name in [
            header::CONNECTION,
            header::UPGRADE,
            header::SEC_WEBSOCKET_ACCEPT,
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
        ] {
            headers.remove(name);
        }
    } else {
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    }
    *response.headers_mut() = headers;
    response
}
