//! How a session comes to be: asked for by classic WebDriver, found again by BiDi, and what it is made of.

use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::driver::Driver;
use crate::launch::Launch;
use crate::{Error, ErrorKind, Fidelity, Result};

/// How long the browser may take to start.
const START: Duration = Duration::from_secs(60);
/// How long the driver may take to say how it started the browser.
const ANSWER: Duration = Duration::from_secs(3);

/// Asks for a session.
pub(crate) async fn new_session(end: &str, capabilities: Map<String, Value>) -> Result<Client> {
    let attempt = || format!("open a session at {end}");
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    tokio::time::timeout(START, builder.connect(end))
        .await
        .map_err(|_| Error::new(attempt(), ErrorKind::TimedOut { after: START }))?
        .map_err(|error| Error::launch(attempt(), error))
}

pub(crate) fn with_last_words(error: Error, driver: Option<&Driver>) -> Error {
    match (error.kind(), driver) {
        (ErrorKind::Launch { reason }, Some(driver)) => Error::launch(
            error.attempt(),
            format_args!("{reason}; the driver's last words: {}", driver.last_words()),
        ),
        _ => error,
    }
}

/// Where BiDi is spoken. A Grid may name a host that only it can reach: there the address is made from
/// the Grid's own.
pub(crate) async fn socket_url(
    launch: &Launch,
    client: &Client,
    granted: &Map<String, Value>,
) -> Result<String> {
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
pub(crate) fn instrumentation() -> [Fidelity; 3] {
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
pub(crate) async fn driver_switches(client: &Client, known: &[Fidelity]) -> Vec<Fidelity> {
    let answer = tokio::time::timeout(ANSWER, client.issue_cmd(CommandLine)).await;
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
