//! One connection to one origin: HTTP/1.1 or HTTP/2 with the browser.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper::ext::Protocol as ExtendedProtocol;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use journal::Fact;
use journal::fact::{Refusal, TlsFailed};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::line::Scissors;

use super::{Asker, Gateway, refuse};
use crate::exchange;
use crate::ledger::Ticket;
use crate::origin::Endpoint;
use crate::plan::Limits;
use crate::site::Site;

/// Flow-control windows large enough that loopback is not slowed down by them.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// Which HTTP is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// A connection to one origin.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Its number within the world.
    pub(crate) number: u64,
    /// The origin it was opened for.
    pub(crate) site: Arc<Site>,
    /// Whether its TLS handshake named another host.
    pub(super) misdirected: bool,
    /// The errand it is for, where it is no browser's.
    pub(crate) sent: Option<Sent>,
    scissors: Scissors,
    cut: CancellationToken,
}

/// Who sent a request that is no browser's.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The origin whose server asks.
    pub(crate) from: String,
    /// The exchange's place in the ledger, taken before there was a request.
    pub(crate) ticket: Arc<Ticket>,
}

/// The connection, or one stream of it, is to end without an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cut without an answer")
    }
}

impl std::error::Error for Cut {}

impl Connection {
    pub(super) fn new(number: u64, gateway: &Gateway, scissors: Scissors, site: Arc<Site>) -> Self {
        Self {
            number,
            site,
            misdirected: false,
            sent: None,
            scissors,
            cut: gateway.tasks.child(),
        }
    }

    /// A connection between servers of this world: nothing that could be cut lies between them.
    pub(crate) fn within(gateway: &Gateway, site: Arc<Site>, sent: Sent) -> Self {
        Self {
            sent: Some(sent),
            ..Self::new(gateway.next_connection(), gateway, Scissors::default(), site)
        }
    }

    /// Lets the connection end with a TCP reset, once it ends.
    pub(crate) fn end_with_reset(&self) {
        self.scissors.cut();
    }

    /// Ends the whole connection, with everything on it.
    pub(crate) fn end(&self) {
        self.cut.cancel();
    }

    pub(crate) fn cut_token(&self) -> CancellationToken {
        self.cut.clone()
    }
}

/// The HTTP/1.1 side, with this world's limits.
pub(super) fn http1(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    // A buffer below 8 KiB is not accepted.
    builder.max_buf_size(limits.head.max(8 * 1024));
    builder
}

/// Serves a connection until it ends.
pub(super) async fn serve<S>(gateway: Arc<Gateway>, connection: Connection, protocol: Protocol, stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = Arc::new(connection);
    let cut = connection.cut_token();
    let service = {
        let (gateway, connection) = (Arc::clone(&gateway), Arc::clone(&connection));
        service_fn(move |request| {
            let (gateway, connection) = (Arc::clone(&gateway), Arc::clone(&connection));
            async move { answer(&gateway, &connection, request).await }
        })
    };
    let io = TokioIo::new(stream);
    let outcome = match protocol {
        Protocol::Http1 => {
            let serving = http1(&gateway.limits)
                .serve_connection(io, service)
                .with_upgrades();
            tokio::select! {
                biased;
                () = cut.cancelled() => return,
                outcome = serving => outcome,
            }
        }
        Protocol::Http2 => {
            let serving = http2::Builder::new(gateway.tasks.clone())
                .initial_stream_window_size(STREAM_WINDOW)
                .initial_connection_window_size(CONNECTION_WINDOW)
                .max_header_list_size(u32::try_from(gateway.limits.head).unwrap_or(u32::MAX))
                .enable_connect_protocol()
                .serve_connection(io, service);
            tokio::select! {
                biased;
                () = cut.cancelled() => return,
                outcome = serving => outcome,
            }
        }
    };
    if let Err(error) = outcome {
        journal_parse_error(&gateway, &connection.site.address, &error);
    }
}

async fn answer(
    gateway: &Arc<Gateway>,
    connection: &Arc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let tunnels_further =
        request.method() == Method::CONNECT && request.extensions().get::<ExtendedProtocol>().is_none();
    if tunnels_further {
        let (authority, asker) = (request.uri().to_string(), Asker::of(request.headers()));
        let status = StatusCode::BAD_REQUEST;
        return Ok(refuse(gateway, authority, Refusal::Malformed, asker, status));
    }
    if let Some(refused) = misdirected(gateway, connection, &request) {
        return Ok(refused);
    }
    exchange::serve(gateway, connection, request.map(Body::new)).await
}

/// Refuses a request that names another origin than the one its connection was opened for.
pub(super) fn misdirected(
    gateway: &Gateway,
    connection: &Connection,
    request: &Request<Incoming>,
) -> Option<Response<Body>> {
    let origin = &connection.site.origin;
    let wanted = &origin.endpoint;
    let asker = Asker::of(request.headers());
    let Some(named) = named(request, origin.scheme.port()) else {
        let (authority, status) = (host_of(request), StatusCode::BAD_REQUEST);
        return Some(refuse(gateway, authority, Refusal::Malformed, asker, status));
    };
    let other = named.into_iter().find(|(_, endpoint)| endpoint != wanted);
    let (other, reason) = match other {
        Some((text, endpoint)) => (text, gateway.book.find(origin.scheme, &endpoint).err()),
        None if connection.misdirected => (host_of(request), None),
        None => return None,
    };
    let shown = format!("{other} on a connection to {wanted}");
    let reason = reason.unwrap_or(Refusal::Malformed);
    let status = StatusCode::MISDIRECTED_REQUEST;
    Some(refuse(gateway, shown, reason, asker, status))
}

/// The endpoints that a request names, and how it spells them. Nothing where it names none, one that is none, or
/// two hosts (RFC 9112, section 3.2).
fn named(request: &Request<Incoming>, port: u16) -> Option<Vec<(String, Endpoint)>> {
    let read = |text: &str| Some((text.to_owned(), Endpoint::from_host_header(text, port)?));
    let fields: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    if fields.len() > 1 {
        return None;
    }
    let in_head = fields.into_iter().map(|value| value.to_str().ok().and_then(read));
    let in_head = in_head.collect::<Option<Vec<_>>>()?;
    let mut named = Vec::new();
    if let Some(authority) = request.uri().authority() {
        named.push(read(authority.as_str())?);
    }
    // A target with an authority replaces `Host` (RFC 9112, section 3.2.2). In HTTP/2 both are the client's word,
    // and must agree (RFC 9113, section 8.3.1).
    if named.is_empty() || request.version() == Version::HTTP_2 {
        named.extend(in_head);
    }
    (!named.is_empty()).then_some(named)
}

/// The host a request names, for the journal.
pub(super) fn host_of(request: &Request<Incoming>) -> String {
    let in_head = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let in_target = request.uri().authority().map(http::uri::Authority::as_str);
    in_target.or(in_head).unwrap_or("no host").to_owned()
}

/// Journals what made a connection end, where the client sent something that cannot be understood.
pub(super) fn journal_parse_error(gateway: &Gateway, authority: &str, error: &hyper::Error) {
    if let Some(alert) = tls_alert(error) {
        gateway.note(Fact::TlsFailed(TlsFailed {
            authority: authority.to_owned(),
            reason: alert,
        }));
        return;
    }
    let left = error
        .source()
        .is_some_and(|source| source.is::<std::io::Error>() || source.is::<Cut>());
    if left
        || error.is_closed()
        || error.is_canceled()
        || error.is_incomplete_message()
        || error.is_user()
        || error.is_body_write_aborted()
        || error.is_shutdown()
    {
        return;
    }
    let reason = if error.is_parse_too_large() {
        Refusal::TooLarge
    } else {
        Refusal::Malformed
    };
    tracing::debug!("{authority}: {error}: {:?}", error.source());
    gateway.refused(authority.to_owned(), reason, None);
}

/// What the client said against our certificate: in TLS 1.3 its alert arrives after the handshake.
fn tls_alert(error: &hyper::Error) -> Option<String> {
    let io = error.source()?.downcast_ref::<std::io::Error>()?;
    let tls = io.get_ref()?.downcast_ref::<rustls::Error>()?;
    matches!(tls, rustls::Error::AlertReceived(_)).then(|| tls.to_string())
}
