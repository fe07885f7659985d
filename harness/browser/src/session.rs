//! A session: classic WebDriver holds it, BiDi does the work.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use fantoccini::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::bidi::command::{Command, GetTree, LocateNodes, NodeLocator, Subscribe};
use crate::bidi::value::{Node, Remote};
use crate::bidi::{Connection, event};
use crate::driver::Driver;
use crate::engine::Table;
use crate::handshake::{driver_switches, instrumentation, new_session, socket_url, with_last_words};
use crate::launch::Launch;
use crate::page_code;
use crate::registry::Registry;
use crate::{Engine, Error, ErrorKind, Fidelity, Result, forgotten, insecure};

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
    libraries: OnceLock<String>,
    /// The browser's own empty tab, in engines that show one tab at a time: who looks at it looks at no other.
    empty_tab: Option<String>,
    /// What runs beside as long as there is a session.
    beside: JoinSet<()>,
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
        let quarantine = table.proxy(&launch.quarantine.to_string());
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
        let registry = Arc::new(Registry::new(table.forgets_realms));
        let seen = Arc::clone(&registry);
        let observer = Box::new(move |event| seen.observe(event));
        let text = |name: &str| granted.get(name).and_then(Value::as_str).unwrap_or("?");
        let version = text("browserVersion").to_owned();
        let named = format!("{} {version}", launch.engine);
        let connection = Connection::open(&socket, &named, launch.command_deadline, observer).await?;
        if launch.engine == Engine::Chromium {
            fidelity.extend(driver_switches(&client, &fidelity).await);
        }
        let mut beside = JoinSet::new();
        if table.forgets_realms {
            beside.spawn(forgotten::watch(connection.clone(), Arc::downgrade(&registry)));
        }
        let mut session = Self {
            engine: launch.engine,
            registry,
            pristine: launch.pristine,
            version,
            fidelity,
            connection,
            client,
            driver: Mutex::new(driver),
            browser_process: ["goog:processID", "moz:processID"]
                .iter()
                .find_map(|name| granted.get(*name)?.as_u64())
                .and_then(|id| u32::try_from(id).ok()),
            modules: launch.page_modules.clone(),
            libraries: OnceLock::new(),
            empty_tab: None,
            beside,
        };
        session.subscribe().await?;
        if table.tells_mixed_content {
            session.ask_developer_tools().await?;
        }
        if table.one_visible_tab {
            let tree = session.send(&GetTree { root: None }).await?;
            session.empty_tab = tree.contexts.into_iter().next().map(|tab| tab.context);
        }
        Ok(session)
    }

    /// Asks for every event. Of those that may be missing, the fidelity list says what is not seen without them.
    async fn subscribe(&mut self) -> Result<()> {
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
                    let without = without(name, &format!("{} {}", self.engine, self.version), &error)?;
                    self.fidelity.push(without);
                }
                outcome => drop(outcome?),
            }
        }
        Ok(())
    }

    /// Listens to what the developer tools are told, which BiDi has no events for.
    async fn ask_developer_tools(&mut self) -> Result<()> {
        let events = Subscribe {
            events: &insecure::ISSUES,
        };
        match self.send(&events).await {
            Err(error) if matches!(error.kind(), ErrorKind::Refused { .. }) => {
                self.fidelity.push(Fidelity::new(
                    "mixed content is not seen",
                    format!("the driver gives no access to the developer tools: {error}"),
                ));
                return Ok(());
            }
            outcome => drop(outcome?),
        }
        self.registry.ask_developer_tools();
        let watch = insecure::watch(self.connection.clone(), Arc::downgrade(&self.registry));
        self.beside.spawn(watch);
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

    /// The libraries behind the locators, as page code.
    pub(crate) fn libraries(&self) -> Result<&str> {
        if let Some(code) = self.libraries.get() {
            return Ok(code);
        }
        let code = page_code::libraries(&self.modules)?;
        Ok(self.libraries.get_or_init(|| code))
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

    /// The browser's own empty tab, where looking at it hides the others.
    pub(crate) fn empty_tab(&self) -> Option<&str> {
        self.empty_tab.as_deref()
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

/// What a run is like without an event that the browser refuses to send.
///
/// # Errors
/// The verdict rests on it.
fn without(event: &str, browser: &str, refusal: &Error) -> Result<Fidelity> {
    let dispensable = event::DISPENSABLE.iter().find(|(name, _)| *name == event);
    let Some((_, lost)) = dispensable else {
        return Err(Error::new(
            format!("subscribe to `{event}`"),
            ErrorKind::Unsupported {
                what: format!(
                    "tell what the verdict rests on: {browser} refuses (\"{refusal}\"); take a version that knows this event"
                ),
            },
        ));
    };
    Ok(Fidelity::new(
        format!("without the event {event}"),
        format!("{browser} does not know it: {lost}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> Error {
        Error::new(
            "session.subscribe",
            ErrorKind::Refused {
                code: "invalid argument".to_owned(),
                message: "unknown event".to_owned(),
            },
        )
    }

    #[test]
    fn without_what_the_verdict_rests_on_there_is_no_session() {
        let error =
            without("log.entryAdded", "firefox 100.0", &refusal()).expect_err("errors would not be seen");
        let words = error.to_string();
        assert!(
            words.contains("`log.entryAdded`") && words.contains("firefox 100.0"),
            "{words}"
        );
    }

    #[test]
    fn what_a_run_may_do_without_is_listed() {
        for (event, lost) in event::DISPENSABLE {
            assert!(event::SUBSCRIPTION.contains(&event), "{event}");
            let listed = without(event, "firefox 100.0", &refusal()).expect("a session");
            assert!(
                listed.name.contains(event) && listed.reason.contains(lost),
                "{listed:?}"
            );
        }
    }
}
