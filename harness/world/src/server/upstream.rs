//! A server that is already running on this machine, such as a dev server with hot reloading.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::uri::{Authority, PathAndQuery, Scheme as UriScheme};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, Version, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use url::{Host, Url};

use super::diagnosis;
use crate::ahead::Ahead;
use crate::exchange::text;
use crate::gateway::Gateway;
use crate::plan::HostHeader;
use crate::site::Site;

/// How long a connection that nobody uses is kept. Node, which most dev servers run on, closes one after five seconds: a
/// request that crosses that end on the wire is lost.
const IDLE: Duration = Duration::from_secs(2);

/// Fields that belong to one connection (RFC 9110, section 7.6.1).
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
];

/// A running server.
#[derive(Debug)]
pub(crate) struct Upstream {
    url: Url,
    authority: Authority,
    host: HostHeader,
    dialer: Dialer,
    client: OnceLock<Client<Connector, Body>>,
}

/// Where a server listens. `localhost` is this machine's loopback, whatever a resolver says.
#[derive(Clone, Debug)]
pub(crate) struct Dialer {
    addresses: Vec<IpAddr>,
    port: u16,
}

type Connector = tower::util::BoxCloneSyncService<Uri, TokioIo<TcpStream>, io::Error>;

impl Dialer {
    /// Where the server of an address listens; nothing for one that is not on this machine.
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let addresses = match url.host()? {
            Host::Ipv4(address) => vec![IpAddr::V4(address)],
            Host::Ipv6(address) => vec![IpAddr::V6(address)],
            Host::Domain(name) if name == "localhost" || name.ends_with(".localhost") => {
                vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
            }
            Host::Domain(_) => return None,
        };
        let port = url.port_or_known_default()?;
        let here = addresses.iter().all(IpAddr::is_loopback);
        here.then_some(Self { addresses, port })
    }

    pub(crate) async fn dial(&self) -> io::Result<TcpStream> {
        let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in &self.addresses {
            match TcpStream::connect((*address, self.port)).await {
                Ok(stream) => {
                    // Without it answers wait for acknowledgements; a failure only makes it slower.
                    let _ = stream.set_nodelay(true);
                    return Ok(stream);
                }
                // The first address is the one people mean, so its failure is the one to tell.
                Err(error) if failure.kind() == io::ErrorKind::AddrNotAvailable => failure = error,
                Err(_) => {}
            }
        }
        Err(failure)
    }
}

impl Upstream {
    pub(super) fn new(url: &Url, host: HostHeader) -> Result<Self, String> {
        let dialer = Dialer::of(url)
            .ok_or_else(|| "an upstream runs on this machine; forward its port here".to_owned())?;
        let authority = url
            .as_str()
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .parse()
            .map_err(|error| format!("its address cannot be used: {error}"))?;
        Ok(Self {
            url: url.clone(),
            authority,
            host,
            dialer,
            client: OnceLock::new(),
        })
    }

    /// Opens a connection of its own.
    pub(crate) async fn dial(&self) -> io::Result<TcpStream> {
        self.dialer.dial().await
    }

    /// What is said when it does not answer.
    pub(crate) fn silent(&self, site: &Site, error: &dyn std::fmt::Display) -> String {
        format!(
            "the upstream {}, which serves {}, does not answer: {error}. Start it, or serve the origin otherwise.",
            self.shown(),
            site.address
        )
    }

    fn shown(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Pooled connections; their tasks end with the world.
    fn client(&self, gateway: &Gateway) -> &Client<Connector, Body> {
        self.client.get_or_init(|| {
            let dialer = self.dialer.clone();
            let connector = tower::service_fn(move |_: Uri| {
                let dialer = dialer.clone();
                async move { dialer.dial().await.map(TokioIo::new) }
            });
            Client::builder(gateway.tasks.clone())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .build(Connector::new(connector))
        })
    }

    pub(super) async fn serve(
        &self,
        gateway: &Gateway,
        site: &Site,
        request: Request<Body>,
    ) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let request = self.request(site, request);
        match self.client(gateway).request(request).await {
            Ok(response) => self.response(gateway, site, response).await,
            Err(error) => {
                let cause =
                    std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                let words = if error.is_connect() {
                    self.silent(site, &cause)
                } else {
                    format!(
                        "the upstream {}, which serves {}, broke off at {path}: {cause}.",
                        self.shown(),
                        site.address
                    )
                };
                gateway.diagnose(&words);
                text(StatusCode::BAD_GATEWAY, format!("{words}\n"))
            }
        }
    }

    fn request(&self, site: &Site, request: Request<Body>) -> Request<Body> {
        let (mut parts, body) = request.into_parts();
        let mut uri = http::uri::Parts::default();
        uri.scheme = Some(UriScheme::HTTP);
        uri.authority = Some(self.authority.clone());
        uri.path_and_query = Some(
            parts
                .uri
                .path_and_query()
                .cloned()
                .unwrap_or_else(|| PathAndQuery::from_static("/")),
        );
        // Scheme, authority and path are there, so the parts fit together.
        parts.uri = Uri::from_parts(uri).unwrap_or_default();
        parts.version = Version::HTTP_11;
        drop_hop_by_hop(&mut parts.headers);
        self.address_to(site, &mut parts.headers, false);
        Request::from_parts(parts, body)
    }

    /// Words the fields that say where a request goes as this server is to see them.
    pub(crate) fn address_to(&self, site: &Site, headers: &mut HeaderMap, socket: bool) {
        match self.host {
            HostHeader::Upstream => {
                set(headers, header::HOST, self.authority.as_str());
                // A server that sees itself as host must see its own pages as same-origin.
                let same_origin = headers
                    .get(header::ORIGIN)
                    .is_some_and(|origin| *origin == *site.address);
                if same_origin {
                    set(headers, header::ORIGIN, self.shown());
                }
            }
            HostHeader::Origin => {
                set(headers, header::HOST, &site.origin.host_header());
                set(
                    headers,
                    HeaderName::from_static("x-forwarded-host"),
                    &site.origin.host_header(),
                );
                set(
                    headers,
                    HeaderName::from_static("x-forwarded-proto"),
                    site.origin.scheme.name(),
                );
            }
        }
        if !socket {
            headers.remove(header::UPGRADE);
        }
    }

    async fn response(&self, gateway: &Gateway, site: &Site, response: Response<Incoming>) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        drop_hop_by_hop(&mut parts.headers);
        parts.headers.remove(header::TRANSFER_ENCODING);
        parts.version = Version::HTTP_11;
        self.bring_home(site, &mut parts.headers);
        let length = parts
            .headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        if !diagnosis::is_suspect(parts.status.as_u16(), length) {
            return Response::from_parts(parts, Body::new(body));
        }
        let (start, rest) = match read_start(body).await {
            Ok(read) => read,
            Err(error) => {
                let words = self.silent(site, &error);
                gateway.diagnose(&words);
                return text(StatusCode::BAD_GATEWAY, format!("{words}\n"));
            }
        };
        let Some(found) = diagnosis::diagnose(&String::from_utf8_lossy(&start)) else {
            return Response::from_parts(parts, Body::new(Ahead::new(start, rest)));
        };
        let seen = match self.host {
            HostHeader::Upstream => self.authority.host().to_owned(),
            HostHeader::Origin => site.origin.endpoint.host.clone(),
        };
        let words = found.words(self.shown(), &site.address, self.host, &seen);
        gateway.diagnose(&words);
        text(StatusCode::BAD_GATEWAY, format!("{words}\n"))
    }

    /// Turns redirects to the server's own address into redirects to the origin.
    fn bring_home(&self, site: &Site, headers: &mut HeaderMap) {
        for name in [header::LOCATION, header::CONTENT_LOCATION] {
            let home = headers
                .get(&name)
                .and_then(|value| value.to_str().ok())
                .and_then(|value| self.home_of(value, site));
            if let Some(home) = home {
                set(headers, name, &home);
            }
        }
    }

    fn home_of(&self, location: &str, site: &Site) -> Option<String> {
        let url = Url::parse(location).ok()?;
        let own_port = url.port_or_known_default() == Some(self.dialer.port);
        let own_host = match url.host()? {
            Host::Domain(host) => host == "localhost" || Some(host) == self.url.host_str(),
            Host::Ipv4(address) => address.is_loopback() || address.is_unspecified(),
            Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
        };
        // With the production host in sight, a server without TLS may still say `http`.
        let plain_production = self.host == HostHeader::Origin
            && url.scheme() == "http"
            && url.host_str() == Some(site.origin.endpoint.host.as_str());
        let own = own_port && own_host && url.scheme() == "http";
        if !own && !plain_production {
            return None;
        }
        let mut home = format!("{}{}", site.address, url.path());
        for (mark, part) in [('?', url.query()), ('#', url.fragment())] {
            if let Some(part) = part {
                home.push(mark);
                home.push_str(part);
            }
        }
        Some(home)
    }
}

/// Reads the start of a body, as much as a diagnosis needs.
async fn read_start(mut body: Incoming) -> Result<(Bytes, Incoming), hyper::Error> {
    let mut start = BytesMut::new();
    while start.len() < diagnosis::LOOKED_AT {
        let Some(frame) = body.frame().await else { break };
        if let Ok(data) = frame?.into_data() {
            start.extend_from_slice(&data);
        }
    }
    Ok((start.freeze(), body))
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
