//! What every test needs: one browser per engine, and a tiny web behind a forward proxy.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use browser::{Browser, ContextOptions, Engine, Held, Launch, UserContext};
use journal::{Clock, Event, Fact, Recorder};
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex as AsyncMutex, MutexGuard, OnceCell};
use tokio_rustls::TlsAcceptor;

/// The browsers live as long as the program; the watchdog ends them.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Runtime::new().expect("a runtime")
});
static CHROMIUM: Slot = Slot::new();
static FIREFOX: Slot = Slot::new();

struct Slot {
    browser: OnceCell<Browser>,
    pristine: OnceCell<Browser>,
    turn: AsyncMutex<()>,
}

impl Slot {
    const fn new() -> Self {
        Self {
            browser: OnceCell::const_new(),
            pristine: OnceCell::const_new(),
            turn: AsyncMutex::const_new(()),
        }
    }
}

/// A response of the tiny web.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) delay: Duration,
}

pub(crate) fn html(body: &str) -> Page {
    Page {
        status: 200,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: format!("<!doctype html>{body}"),
        delay: Duration::ZERO,
    }
}

/// What is no page: a script, a text.
pub(crate) fn file(kind: &str, body: &str) -> Page {
    Page {
        headers: vec![("content-type", kind.to_owned())],
        body: body.to_owned(),
        ..html("")
    }
}

impl Page {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// One scenario: a web, a journal and a user context.
pub(crate) struct Stage {
    pub(crate) engine: Engine,
    pub(crate) context: UserContext,
    pub(crate) recorder: Recorder,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub(crate) fn events(&self) -> Vec<Arc<Event>> {
        self.recorder.after(0)
    }

    /// What the journal holds of one kind.
    pub(crate) fn facts<T>(&self, pick: impl Fn(&Fact) -> Option<T>) -> Vec<T> {
        self.events()
            .iter()
            .filter_map(|event| pick(&event.fact))
            .collect()
    }

    pub(crate) fn sent(&self) -> Vec<journal::fact::MessageSent> {
        let mut sent = self.facts(|fact| match fact {
            Fact::MessageSent(sent) => Some(sent.clone()),
            _ => None,
        });
        // What different frames report reaches the journal out of order.
        sent.sort_by(|one, other| {
            one.page_ms
                .total_cmp(&other.page_ms)
                .then(one.nth.cmp(&other.nth))
        });
        sent
    }

    pub(crate) fn received(&self) -> Vec<journal::fact::MessageReceived> {
        let mut received = self.facts(|fact| match fact {
            Fact::MessageReceived(received) => Some(received.clone()),
            _ => None,
        });
        received.sort_by(|one, other| one.page_ms.total_cmp(&other.page_ms));
        received
    }

    pub(crate) async fn settle(&self) -> browser::Rest {
        self.context
            .settle(Duration::from_secs(10))
            .await
            .expect("settle")
    }
}

/// Runs a test in one engine, unless that is not installed.
pub(crate) fn run(engine: Engine, pages: &[(&str, Page)], test: impl AsyncFnOnce(Stage)) {
    start(engine, false, pages, &[], test);
}

/// The same in a world that says which requests it keeps without an answer.
pub(crate) fn run_holding(
    engine: Engine,
    pages: &[(&str, Page)],
    held: &[&str],
    test: impl AsyncFnOnce(Stage),
) {
    start(engine, false, pages, held, test);
}

/// The same in a browser without page instrumentation.
pub(crate) fn run_pristine(engine: Engine, pages: &[(&str, Page)], test: impl AsyncFnOnce(Stage)) {
    start(engine, true, pages, &[], test);
}

fn start(
    engine: Engine,
    pristine: bool,
    pages: &[(&str, Page)],
    held: &[&str],
    test: impl AsyncFnOnce(Stage),
) {
    let held: Vec<String> = held.iter().map(|url| (*url).to_owned()).collect();
    let slot = match engine {
        Engine::Chromium => &CHROMIUM,
        Engine::Firefox => &FIREFOX,
    };
    let pages: HashMap<String, Page> = pages
        .iter()
        .map(|(url, page)| ((*url).to_owned(), page.clone()))
        .collect();
    RUNTIME.block_on(async {
        let turn = slot.turn.lock().await;
        let cell = if pristine { &slot.pristine } else { &slot.browser };
        let browser = cell
            .get_or_init(|| async {
                let mut launch = launch(engine);
                launch.pristine = pristine;
                Browser::launch(launch).await.expect("the browser starts")
            })
            .await;
        let recorder = Recorder::in_memory(Clock::new(), 1);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let proxy = serve(pages, Arc::clone(&asked)).await;
        let context = browser
            .context(ContextOptions {
                patience: Duration::from_secs(3),
                held: Held::new(move || held.clone()),
                ..ContextOptions::new(proxy, recorder.clone())
            })
            .await
            .expect("a user context");
        test(Stage {
            engine,
            context,
            recorder,
            asked,
            _turn: turn,
        })
        .await;
    });
}

/// How to launch an engine.
///
/// # Panics
/// It is not installed: a test that is left out must not look like one that passed.
pub(crate) fn launch(engine: Engine) -> Launch {
    let tools = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.tools/bin");
    let mut launch = Launch::new(engine, SocketAddr::from(([127, 0, 0, 1], 9)));
    let find = |program: &PathBuf| {
        which::which(program)
            .or_else(|_| which::which_in(program, Some(&tools), "."))
            .unwrap_or_else(|_| {
                panic!(
                    "{} is not installed: `cargo xtask setup` brings it",
                    program.display()
                )
            })
    };
    launch.browser_binary = find(&launch.browser_binary);
    launch.driver_binary = find(&launch.driver_binary);
    launch.trust_spki.clone_from(&TLS.spki);
    launch.watchdog = Some(PathBuf::from(env!("CARGO_BIN_EXE_rehearse-watchdog")));
    launch
}

/// One key and certificate for every host of the tiny web.
struct Tls {
    acceptor: TlsAcceptor,
    /// What Chromium trusts it by.
    spki: String,
}

static TLS: LazyLock<Tls> = LazyLock::new(|| {
    let key = KeyPair::generate().expect("a key");
    let hosts = ["a.test", "b.test"].map(str::to_owned).to_vec();
    let params = CertificateParams::new(hosts).expect("names");
    let certificate = params.self_signed(&key).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let secret = PrivateKeyDer::try_from(key.serialize_der()).expect("the key");
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], secret)
        .expect("a configuration");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &key.subject_public_key_info());
    Tls {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        spki: STANDARD.encode(digest),
    }
});

/// A forward proxy that serves every origin itself.
pub(crate) async fn serve(pages: HashMap<String, Page>, asked: Arc<Mutex<Vec<String>>>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let pages = Arc::new(pages);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(admit(stream, Arc::clone(&pages), Arc::clone(&asked)));
        }
    });
    address
}

/// A connection to the proxy: a request, or a tunnel to a host that has pages by `https`.
async fn admit(
    stream: TcpStream,
    pages: Arc<HashMap<String, Page>>,
    asked: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut begin = [0; 8];
    let wanted = b"CONNECT ";
    while stream.peek(&mut begin).await.ok()? < wanted.len() && begin[0] == wanted[0] {
        tokio::task::yield_now().await;
    }
    if begin != *wanted {
        return answer(stream, "", &pages, &asked).await;
    }
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let host = head.split(' ').nth(1)?.strip_suffix(":443")?.to_owned();
    let origin = format!("https://{host}");
    if !pages.keys().any(|url| url.starts_with(&format!("{origin}/"))) {
        asked.lock().ok()?.push(format!("CONNECT {host}"));
        let refusal = b"HTTP/1.1 403 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        return stream.write_all(refusal).await.ok();
    }
    stream.write_all(b"HTTP/1.1 200 x\r\n\r\n").await.ok()?;
    let stream = TLS.acceptor.accept(stream).await.ok()?;
    answer(stream, &origin, &pages, &asked).await
}

async fn answer(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    origin: &str,
    pages: &HashMap<String, Page>,
    asked: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        if head.is_empty() {
            head = line;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let mut words = head.split(' ');
    let method = words.next()?;
    let url = format!("{origin}{}", words.next()?);
    asked.lock().ok()?.push(format!("{method} {url}"));
    let bare = url.split('?').next()?;
    let page = pages
        .get(&url)
        .or_else(|| pages.get(bare))
        .cloned()
        .unwrap_or(Page {
            status: 404,
            headers: vec![("content-type", "text/html".into())],
            body: "not here".into(),
            delay: Duration::ZERO,
        });
    tokio::time::sleep(page.delay).await;
    let mut text = format!(
        "HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: {}\r\n",
        page.status,
        page.body.len()
    );
    for (name, value) in &page.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&page.body);
    stream.write_all(text.as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    stream.shutdown().await.ok()
}

/// One test per engine.
macro_rules! in_each_engine {
    ($($(#[$attribute:meta])* fn $name:ident($engine:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn test($engine: browser::Engine) $body

            #[test]
            fn chromium() {
                test(browser::Engine::Chromium);
            }

            #[test]
            fn firefox() {
                test(browser::Engine::Firefox);
            }
        }
    )*};
}
pub(crate) use in_each_engine;
