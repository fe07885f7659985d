//! How fast a world boots, and what its gateway costs beside a bare TLS server in the same process.
//!
//! `cargo bench -p world` prints the numbers; nothing is asserted on a clock.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use journal::{Clock, Recorder};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use world::{Authority, Cast, Layout, OriginPlan, Plan, World};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Sender = http2::SendRequest<Full<Bytes>>;

const HOST: &str = "crm.qontak.com";
const WARM_UP: usize = 500;
const REQUESTS: usize = 5_000;
const CONCURRENT: usize = 32;
const SMALL: &str = "{\"data\": {\"id\": \"123\", \"name\": \"Ayu\"}}";
const LARGE: usize = 1024 * 1024;

/// One mock with a small and a large answer.
struct One;

impl Cast for One {
    fn router(&self, _: &str) -> Option<Router> {
        let large = Bytes::from(vec![b'x'; LARGE]);
        let binary = [("content-type", "image/png")];
        Some(
            Router::new()
                .route(
                    "/",
                    get(|| async { ([("content-type", "application/json")], SMALL) }),
                )
                .route("/large", get(move || async move { (binary, large) })),
        )
    }

    fn overlay(&self, _: &str) -> Option<Router> {
        None
    }

    fn direct(&self, _: &str, _: &Value) -> Result<(), String> {
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(measure())
}

async fn measure() -> Result<(), Failure> {
    let authority = Arc::new(Authority::generate()?);
    boots(&authority).await?;

    let mut layout = Layout::default();
    layout.origins.insert(
        "crm".to_owned(),
        OriginPlan::new(format!("https://{HOST}"), "mock:one".parse()?),
    );
    let plan = Plan::of(layout, Recorder::in_memory(Clock::new(), 1));
    let world = World::boot_with(plan, &authority, Arc::new(One)).await?;
    let bare = bare_server().await?;

    println!(
        "\n{:<28}{:>12}{:>12}{:>14}{:>14}",
        "", "p50 µs", "p99 µs", "requests/s", "MiB/s"
    );
    // Twice and in turns, so that neither side has the quieter machine.
    for round in 1..=2 {
        let mut direct = bare.connect(None).await?;
        report(&format!("bare TLS server, round {round}"), &mut direct).await?;
        let mut through = bare.through(&world, &authority).await?;
        report(&format!("gateway, round {round}"), &mut through).await?;
    }
    world.shutdown().await?;
    Ok(())
}

/// Boots the project's own world, the first time and then warm.
async fn boots(authority: &Arc<Authority>) -> Result<(), Failure> {
    let began = Instant::now();
    world::prepare()?;
    println!("what all worlds share: {:.1} ms", millis(began.elapsed()));
    let spec = fixtures::world("customer-detail")?;
    let mut times = Vec::new();
    for _ in 0..20 {
        let plan = Plan::new(&spec, Recorder::in_memory(Clock::new(), 1))?;
        let began = Instant::now();
        let world = World::boot(plan, authority).await?;
        times.push(began.elapsed());
        world.shutdown().await?;
    }
    println!("world boot, the first: {:.1} ms", millis(times[0]));
    times.sort_unstable();
    println!(
        "world boot, p50 of {}: {:.1} ms",
        times.len(),
        millis(times[times.len() / 2])
    );
    Ok(())
}

/// A hyper server behind TLS, and nothing else.
struct Bare {
    address: SocketAddr,
    root: CertificateDer<'static>,
}

async fn bare_server() -> Result<Bare, Failure> {
    let made = rcgen::generate_simple_self_signed([HOST.to_owned()])?;
    let root = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![root.clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let large = Bytes::from(vec![b'x'; LARGE]);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, large) = (acceptor.clone(), large.clone());
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let body = match request.uri().path() {
                        "/large" => large.clone(),
                        _ => Bytes::from_static(SMALL.as_bytes()),
                    };
                    async move { Ok::<_, Infallible>(Response::new(Full::new(body))) }
                });
                let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .initial_stream_window_size(1024 * 1024)
                    .initial_connection_window_size(8 * 1024 * 1024)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    Ok(Bare { address, root })
}

impl Bare {
    async fn connect(&self, tunnel: Option<(TcpStream, CertificateDer<'static>)>) -> Result<Sender, Failure> {
        let (stream, root) = match tunnel {
            Some(tunnel) => tunnel,
            None => (TcpStream::connect(self.address).await?, self.root.clone()),
        };
        stream.set_nodelay(true)?;
        let mut roots = RootCertStore::empty();
        roots.add(root)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let name = ServerName::try_from(HOST)?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(4 * 1024 * 1024)
            .initial_connection_window_size(64 * 1024 * 1024)
            .handshake(TokioIo::new(stream))
            .await?;
        tokio::spawn(connection);
        Ok(sender)
    }

    async fn through(&self, world: &World, authority: &Authority) -> Result<Sender, Failure> {
        let mut stream = TcpStream::connect(world.address()).await?;
        stream
            .write_all(format!("CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n").as_bytes())
            .await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let root = CertificateDer::from_pem_slice(authority.certificate_pem().as_bytes())?;
        self.connect(Some((stream, root))).await
    }
}

async fn fetch(sender: &mut Sender, path: &str) -> Result<usize, Failure> {
    let request = Request::get(format!("https://{HOST}{path}")).body(Full::default())?;
    let response = sender.send_request(request).await?;
    Ok(response.into_body().collect().await?.to_bytes().len())
}

async fn report(name: &str, sender: &mut Sender) -> Result<(), Failure> {
    for _ in 0..WARM_UP {
        fetch(sender, "/").await?;
    }
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let began = Instant::now();
        fetch(sender, "/").await?;
        times.push(began.elapsed());
    }
    times.sort_unstable();

    let began = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..CONCURRENT {
        let mut sender = sender.clone();
        workers.spawn(async move {
            for _ in 0..REQUESTS / CONCURRENT {
                fetch(&mut sender, "/").await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    let rate = (REQUESTS / CONCURRENT * CONCURRENT) as f64 / began.elapsed().as_secs_f64();

    let began = Instant::now();
    let mut bytes = 0;
    for _ in 0..100 {
        bytes += fetch(sender, "/large").await?;
    }
    let speed = bytes as f64 / (1024.0 * 1024.0) / began.elapsed().as_secs_f64();
    println!(
        "{name:<28}{:>12.1}{:>12.1}{rate:>14.0}{speed:>14.0}",
        micros(times[REQUESTS / 2]),
        micros(times[REQUESTS * 99 / 100]),
    );
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
