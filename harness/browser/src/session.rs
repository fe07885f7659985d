//! A session: classic WebDriver holds it, BiDi does the work.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::bidi::command::{
    CallFunction, Command, Evaluated, LocateNodes, NodeLocator, Proxy, SerializationOptions, Subscribe,
    Target,
};
use crate::bidi::value::{Node, Remote};
use crate::bidi::{Connection, event};
use crate::driver::Driver;
use crate::engine::Table;
use crate::launch::Launch;
use crate::page_code::{self, SANDBOX};
use crate::registry::{Registry, World};
use crate::{Engine, Error, ErrorKind, Fidelity, Result};

/// How long the answer to a call is waited for when its document is gone. Chromium does not always say that a
/// promise in a removed frame will never settle.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long the browser may take to start.
const START: Duration = Duration::from_secs(60);
/// How long the browser may take to close by itself before it is killed.
const FAREWELL: Duration = Duration::from_secs(3);

/// A session with one browser process.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) registry: Arc<Registry>,
    pub(crate) pristine: bool,
    pub(crate) version: String,
    pub(crate) fidelity: Vec<Fidelity>,
    connection: Connection,
    client: Client,
    driver: Mutex<Option<Driver>>,
    browser_process: Option<u32>,
    modules: PathBuf,
    equipment: OnceLock<String>,
}

impl Session {
    /// Opens a session with a driver of our own, or with a remote end.
    pub(crate) async fn open(
        launch: &Launch,
        driver: Option<Driver>,
        scratch: &std::path::Path,
    ) -> Result<Self> {
        let table = launch.engine.table();
        let (mut capabilities, mut fidelity) = (table.capabilities)(launch, scratch);
        capabilities.insert("webSocketUrl".into(), json!(true));
        let quarantine = proxy(table, &launch.quarantine.to_string());
        capabilities.insert(
            "proxy".into(),
            serde_json::to_value(quarantine).unwrap_or_default(),
        );
        fidelity.push(Fidelity::new(
            "proxy",
            "every request goes to the gateway of its world, the browser's own to one that refuses all",
        ));
        if !launch.pristine {
            fidelity.extend(instrumentation());
        }
        let end = match (&launch.remote, &driver) {
            (Some(remote), _) => remote.as_str().trim_end_matches('/').to_owned(),
            (None, Some(driver)) => driver.url(),
            (None, None) => return Err(Error::protocol("open a session", "there is no driver")),
        };
        let client = new_session(&end, capabilities)
            .await
            .map_err(|error| with_last_words(error, driver.as_ref()))?;
        let granted = client.capabilities().cloned().unwrap_or_default();
        let socket = socket_url(launch, &client, &granted).await?;
        let registry = Arc::new(Registry::new());
        let seen = Arc::clone(&registry);
        let observer = Box::new(move |event| seen.observe(event));
        let connection = Connection::open(&socket, launch.command_deadline, observer).await?;
        if launch.engine == Engine::Chromium {
            fidelity.extend(driver_switches(&client, &fidelity).await);
        }
        let text = |name: &str| granted.get(name).and_then(Value::as_str).unwrap_or("?");
        let session = Self {
            engine: launch.engine,
            registry,
            pristine: launch.pristine,
            version: format!("{} {}", text("browserName"), text("browserVersion")),
            fidelity,
            connection,
            client,
            driver: Mutex::new(driver),
            browser_process: ["goog:processID", "moz:processID"]
                .iter()
                .find_map(|name| granted.get(*name)?.as_u64())
                .and_then(|id| u32::try_from(id).ok()),
            modules: launch.page_modules.clone(),
            equipment: OnceLock::new(),
        };
        session.subscribe().await?;
        Ok(session)
    }

    /// Asks for every event, or for those that this version of the browser knows.
    async fn subscribe(&self) -> Result<()> {
        let mut events = event::SUBSCRIPTION.to_vec();
        if self.pristine {
            events.extend(event::REQUESTS);
        }
        let all = Subscribe { events: &events };
        match self.send(&all).await {
            Err(error) if matches!(error.kind(), ErrorKind::Refused { .. }) => {}
            outcome => return outcome.map(drop),
        }
        for name in events {
            let events = [name];
            match self.send(&Subscribe { events: &events }).await {
                Err(error) if matches!(error.kind(), ErrorKind::Refused { .. }) => {
                    tracing::debug!(%error, name, "the browser does not know an event");
                }
                outcome => drop(outcome?),
            }
        }
        Ok(())
    }

    /// The engine's table.
    pub(crate) fn table(&self) -> &'static Table {
        self.engine.table()
    }

    /// Sends a BiDi command.
    pub(crate) async fn send<C: Command>(&self, command: &C) -> Result<C::Answer> {
        self.connection
            .call(command)
            .await
            .map_err(|error| self.with_death(error))
    }

    /// Sends a BiDi command that may take longer, or not so long, as others.
    pub(crate) async fn send_within<C: Command>(&self, command: &C, deadline: Duration) -> Result<C::Answer> {
        self.connection
            .call_within(command, deadline)
            .await
            .map_err(|error| self.with_death(error))
    }

    /// Runs a function in a frame and gives back what it returns, promises awaited.
    pub(crate) async fn call(
        &self,
        context: &str,
        world: World,
        function: &str,
        arguments: &[Value],
    ) -> Result<Remote> {
        self.call_with(context, world, function, arguments, false, None)
            .await
    }

    /// The same, where it is to count as done by the user, or has a deadline of its own.
    pub(crate) async fn call_with(
        &self,
        context: &str,
        world: World,
        function: &str,
        arguments: &[Value],
        user_activation: bool,
        deadline: Option<Duration>,
    ) -> Result<Remote> {
        let realm = self.registry.realm(context, world);
        let target = match (&realm, world) {
            (Some(realm), _) => Target::Realm { realm },
            (None, World::Page) => Target::Context {
                context,
                sandbox: None,
            },
            (None, World::Sandbox) => Target::Context {
                context,
                sandbox: Some(SANDBOX),
            },
        };
        let command = CallFunction {
            function_declaration: function,
            target,
            arguments,
            await_promise: true,
            user_activation,
            serialization_options: SerializationOptions {
                max_dom_depth: 0,
                max_object_depth: 2,
            },
        };
        let answer = async {
            match deadline {
                None => self.send(&command).await,
                Some(deadline) => self.send_within(&command, deadline).await,
            }
        };
        tokio::pin!(answer);
        let evaluated = tokio::select! {
            biased;
            evaluated = &mut answer => evaluated,
            () = self.document_gone(context, world, realm.as_deref()) => {
                let late = tokio::time::timeout(LAST_WORDS, &mut answer).await;
                late.unwrap_or_else(|_| Err(Error::new("run page code", ErrorKind::Vanished {
                    message: "its document went away and gave no answer".to_owned(),
                })))
            }
        };
        match evaluated? {
            Evaluated::Success { result } => Ok(result),
            Evaluated::Exception { exception_details } => Err(Error::new(
                "run page code",
                ErrorKind::Script {
                    message: exception_details.text,
                },
            )),
        }
    }

    /// Comes back when the document that a call was made to is there no more.
    async fn document_gone(&self, context: &str, world: World, realm: Option<&str>) {
        let mut changes = self.registry.changes();
        loop {
            changes.borrow_and_update();
            let replaced = realm.is_some() && self.registry.realm(context, world).as_deref() != realm;
            if replaced || !self.registry.exists(context) {
                return;
            }
            // The registry lives as long as the session, so there is always a next change to wait for.
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Runs a function in a frame that returns text.
    pub(crate) async fn call_text(
        &self,
        context: &str,
        world: World,
        function: &str,
        arguments: &[Value],
    ) -> Result<String> {
        let value = self.call(context, world, function, arguments).await?;
        value
            .text()
            .map(str::to_owned)
            .ok_or_else(|| Error::protocol("run page code", format!("it returned {value:?}, not text")))
    }

    /// Puts the libraries behind the locators into a frame's document.
    pub(crate) async fn equip(&self, context: &str) -> Result<()> {
        let code = match self.equipment.get() {
            Some(code) => code,
            None => {
                let code = page_code::equipment(&self.modules)?;
                self.equipment.get_or_init(|| code)
            }
        };
        self.call(context, World::Sandbox, code, &[]).await.map(drop)
    }

    /// The element in a frame that holds another one.
    pub(crate) async fn frame_element(&self, parent: &str, child: &str) -> Result<Option<Node>> {
        let located = self
            .send(&LocateNodes {
                context: parent,
                locator: NodeLocator::Context { context: child },
            })
            .await?;
        Ok(located.nodes.into_iter().find_map(Remote::into_node))
    }

    /// Whether driver and connection are there.
    pub(crate) fn is_alive(&self) -> bool {
        let driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        self.connection.is_open() && driver.as_ref().is_none_or(Driver::is_running)
    }

    /// The watchdog's process and the browser's.
    pub(crate) fn process_ids(&self) -> Vec<u32> {
        let driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner);
        driver
            .as_ref()
            .map(Driver::watchdog)
            .into_iter()
            .chain(self.browser_process)
            .collect()
    }

    /// Ends the session, and with it everything it started.
    pub(crate) async fn close(&self) -> Result<()> {
        let farewell = tokio::time::timeout(FAREWELL, self.client.clone().close()).await;
        if !matches!(farewell, Ok(Ok(()))) {
            tracing::debug!(?farewell, "the browser does not close by itself");
        }
        let driver = self.driver.lock().unwrap_or_else(PoisonError::into_inner).take();
        match driver {
            Some(driver) => driver.stop().await,
            None => Ok(()),
        }
    }

    /// A command that went unanswered because the browser is gone says so.
    fn with_death(&self, error: Error) -> Error {
        if matches!(error.kind(), ErrorKind::TimedOut { .. }) && !self.is_alive() {
            return Error::gone(error.attempt(), "it ended while a command was under way");
        }
        error
    }
}

/// A proxy setting by which every request goes to one address.
pub(crate) fn proxy(table: &Table, address: &str) -> Proxy {
    Proxy {
        proxy_type: "manual",
        http_proxy: address.to_owned(),
        ssl_proxy: address.to_owned(),
        no_proxy: table.no_proxy.iter().map(|&entry| entry.to_owned()).collect(),
    }
}

async fn new_session(end: &str, capabilities: Map<String, Value>) -> Result<Client> {
    let attempt = || format!("open a session at {end}");
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    tokio::time::timeout(START, builder.connect(end))
        .await
        .map_err(|_| Error::new(attempt(), ErrorKind::TimedOut { after: START }))?
        .map_err(|error| {
            Error::new(
                attempt(),
                ErrorKind::Launch {
                    reason: error.to_string(),
                },
            )
        })
}

fn with_last_words(error: Error, driver: Option<&Driver>) -> Error {
    match (error.kind(), driver) {
        (ErrorKind::Launch { reason }, Some(driver)) => Error::new(
            error.attempt(),
            ErrorKind::Launch {
                reason: format!("{reason}; the driver's last words: {}", driver.last_words()),
            },
        ),
        _ => error,
    }
}

/// Where BiDi is spoken. A Grid may name a host that only it can reach: there the address is made from
/// the Grid's own.
async fn socket_url(launch: &Launch, client: &Client, granted: &Map<String, Value>) -> Result<String> {
    let refuse = |what: &str| {
        Error::new(
            "attach to the session",
            ErrorKind::Unsupported {
                what: what.to_owned(),
            },
        )
    };
    let Some(named) = granted.get("webSocketUrl").and_then(Value::as_str) else {
        return Err(refuse("speak WebDriver BiDi"));
    };
    let Some(remote) = &launch.remote else {
        return Ok(named.to_owned());
    };
    let session = client.session_id().await.ok().flatten();
    let (Some(session), Some(host)) = (session, remote.host_str()) else {
        return Err(refuse("name its session"));
    };
    let port = remote.port_or_known_default().unwrap_or(4444);
    Ok(format!("ws://{host}:{port}/session/{session}/se/bidi"))
}

/// What the page carries unless the browser is pristine.
fn instrumentation() -> [Fidelity; 3] {
    [
        Fidelity::new(
            "page instrumentation: sent messages",
            "`parent`, `opener`, `contentWindow`, `event.source` and `open()` hand out stand-ins that note `postMessage`",
        ),
        Fidelity::new(
            "page instrumentation: virtual time",
            "`Date`, `performance.now`, `Temporal.Now`, `event.timeStamp`, timers, `fetch` and `XMLHttpRequest.send` are wrapped so that the clock can be moved",
        ),
        Fidelity::new(
            "page instrumentation: telemetry hand-over",
            "public entries of telemetry SDKs and `Function.prototype.bind` are wrapped to note what the page hands over",
        ),
    ]
}

/// The switches that chromedriver and the distribution's launcher added, read off the browser itself.
async fn driver_switches(client: &Client, known: &[Fidelity]) -> Vec<Fidelity> {
    let answer = tokio::time::timeout(FAREWELL, client.issue_cmd(CommandLine)).await;
    let Ok(Ok(answer)) = answer else {
        return vec![Fidelity::new(
            "switches of chromedriver",
            "added by the driver, for automation; the browser does not say which",
        )];
    };
    let own: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    answer
        .get("arguments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|switch| switch.starts_with("--") && !own.contains(switch))
        // Said already, or different in every run and of no effect on pages.
        .filter(|switch| {
            ![
                "--user-data-dir",
                "--proxy-",
                "--flag-switches-",
                "--remote-debugging-port",
            ]
            .iter()
            .any(|start| switch.starts_with(start))
        })
        .map(|switch| Fidelity::new(switch, "added by chromedriver or the distribution's launcher"))
        .collect()
}

/// `Browser.getBrowserCommandLine`, by chromedriver's way to the DevTools protocol.
#[derive(Debug)]
struct CommandLine;

impl WebDriverCompatibleCommand for CommandLine {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> std::result::Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({"cmd": "Browser.getBrowserCommandLine", "params": {}});
        (http::Method::POST, Some(body.to_string()))
    }
}
