//! A client behind the proxy, as a browser is.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;
use world::{Authority, World};

pub(crate) type Tls = TlsStream<TcpStream>;
pub(crate) type Sender1 = http1::SendRequest<Full<Bytes>>;
pub(crate) type Sender2 = http2::SendRequest<Full<Bytes>>;

/// A client that trusts the authority and speaks through a world's proxy.
pub(crate) struct Client {
    pub(crate) proxy: SocketAddr,
    roots: RootCertStore,
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

impl Client {
    pub(crate) fn of(world: &World, authority: &Authority) -> Self {
        Self::at(world.address(), authority)
    }

    pub(crate) fn at(proxy: SocketAddr, authority: &Authority) -> Self {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(authority.certificate_pem().as_bytes()).unwrap())
            .unwrap();
        Self { proxy, roots }
    }

    /// A connection to the proxy, with nothing said yet.
    pub(crate) async fn raw(&self) -> TcpStream {
        TcpStream::connect(self.proxy).await.unwrap()
    }

    /// A tunnel, or the status with which it was refused.
    pub(crate) async fn connect(&self, authority: &str) -> Result<TcpStream, u16> {
        let mut stream = self.raw().await;
        let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => answer.push(byte),
                Err(_) => return Err(0),
            }
        }
        let answer = String::from_utf8(answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        if status == 200 { Ok(stream) } else { Err(status) }
    }

    pub(crate) async fn tls(&self, host: &str, port: u16, protocol: &str) -> std::io::Result<Tls> {
        let stream = self
            .connect(&format!("{host}:{port}"))
            .await
            .map_err(|status| std::io::Error::other(format!("CONNECT answered {status}")))?;
        self.handshake(stream, host, protocol).await
    }

    pub(crate) async fn handshake(
        &self,
        stream: TcpStream,
        host: &str,
        protocol: &str,
    ) -> std::io::Result<Tls> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let name = ServerName::try_from(host.to_owned()).unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    pub(crate) async fn http1(&self, host: &str) -> Sender1 {
        let stream = self.tls(host, 443, "http/1.1").await.unwrap();
        sender1(stream).await
    }

    pub(crate) async fn http2(&self, host: &str) -> Sender2 {
        let stream = self.tls(host, 443, "h2").await.unwrap();
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        sender
    }

    /// GET over HTTP/2 on a connection of its own (plain HTTP/1.1 for `http:`).
    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.send(Method::GET, url, &[], "").await
    }

    pub(crate) async fn get_with(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, url, headers, "").await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.try_send(method, url, headers, body).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, String> {
        let parsed = Url::parse(url).unwrap();
        let mut request = request(method, url, headers, body);
        if parsed.scheme() == "http" {
            let host = url_authority(&parsed);
            request.headers_mut().insert("host", host.parse().unwrap());
            let mut sender = sender1(self.raw().await).await;
            return answer(sender.send_request(request).await).await;
        }
        let host = parsed.host_str().unwrap();
        let stream = self
            .tls(host, parsed.port_or_known_default().unwrap(), "h2")
            .await
            .map_err(|error| error.to_string())?;
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        answer(sender.send_request(request).await).await
    }
}

fn url_authority(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap()),
        None => url.host_str().unwrap().to_owned(),
    }
}

pub(crate) async fn sender1<S>(stream: S) -> Sender1
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection.with_upgrades());
    sender
}

pub(crate) fn request(
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Request<Full<Bytes>> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Full::from(body.to_owned())).unwrap()
}

/// Reads a response to its end, or says what went wrong on the way.
pub(crate) async fn answer(
    response: Result<http::Response<hyper::body::Incoming>, hyper::Error>,
) -> Result<Answer, String> {
    let (parts, body) = response.map_err(|error| error.to_string())?.into_parts();
    let body = body
        .collect()
        .await
        .map_err(|error| error.to_string())?
        .to_bytes();
    Ok(Answer {
        status: parts.status.as_u16(),
        version: parts.version,
        headers: parts.headers,
        body,
    })
}

/// Sends bytes and reads until the other side closes.
pub(crate) async fn exchange_bytes(
    mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    bytes: &[u8],
) -> Vec<u8> {
    // The gateway may close before everything was written.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}
