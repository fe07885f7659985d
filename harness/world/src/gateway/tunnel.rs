//! What comes through a `CONNECT`: TLS, or plain HTTP as browsers send for `ws://`.

use std::io::ErrorKind;
use std::sync::Arc;

use journal::Fact;
use journal::fact::{Refusal, TlsFailed};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::visit::{self, Connection, Protocol};
use super::{Gateway, Line};
use crate::origin::{Endpoint, Scheme};

/// First byte of a TLS record that holds a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 0x16;

/// Serves a tunnel until either side ends it.
pub(super) async fn open(gateway: Arc<Gateway>, number: u64, endpoint: Endpoint, line: Line) {
    // A browser may open a tunnel ahead of need and never use it.
    match line.first_byte().await {
        Some(HANDSHAKE) => secure(gateway, number, endpoint, line).await,
        Some(_) => plain(gateway, number, endpoint, line).await,
        None => {}
    }
}

async fn plain(gateway: Arc<Gateway>, number: u64, endpoint: Endpoint, mut line: Line) {
    let Ok(site) = gateway.book.find(Scheme::Http, &endpoint) else {
        gateway.refused(format!("http://{endpoint}"), Refusal::UndeclaredPort, None);
        let text = "HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        // The client may be gone already, which is just as well.
        let _ = line.write_all(text.as_bytes()).await;
        let _ = line.shutdown().await;
        return;
    };
    let connection = Connection::new(number, &gateway, line.scissors(), Arc::clone(site));
    visit::serve(gateway, connection, Protocol::Http1, line).await;
}

async fn secure(gateway: Arc<Gateway>, number: u64, endpoint: Endpoint, line: Line) {
    let Ok(site) = gateway.book.find(Scheme::Https, &endpoint) else {
        gateway.refused(format!("https://{endpoint}"), Refusal::UndeclaredPort, None);
        return;
    };
    let mut connection = Connection::new(number, &gateway, line.scissors(), Arc::clone(site));
    let config = match gateway.authority.host(&endpoint.host) {
        Ok(config) => config,
        Err(error) => return failed(&gateway, &endpoint, error.to_string()),
    };
    let stream = match TlsAcceptor::from(config).accept(line).await {
        Ok(stream) => stream,
        Err(error) if is_departure(&error) => return,
        Err(error) => return failed(&gateway, &endpoint, error.to_string()),
    };
    let (_, session) = stream.get_ref();
    connection.misdirected = session.server_name().is_some_and(|name| name != endpoint.host);
    let protocol = match session.alpn_protocol() {
        Some(b"h2") => Protocol::Http2,
        _ => Protocol::Http1,
    };
    visit::serve(gateway, connection, protocol, stream).await;
}

fn failed(gateway: &Gateway, endpoint: &Endpoint, reason: String) {
    gateway.note(Fact::TlsFailed(TlsFailed {
        authority: endpoint.to_string(),
        reason,
    }));
}

/// Whether the client simply left, as browsers do with connections they opened ahead of need.
fn is_departure(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
    )
}
