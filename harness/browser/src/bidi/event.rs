//! The events the harness listens to.

use serde::Deserialize;
use serde_json::Value;

use super::command::ContextInfo;

/// Every event the harness always subscribes to.
pub(crate) const SUBSCRIPTION: [&str; 15] = [
    "browsingContext.contextCreated",
    "browsingContext.contextDestroyed",
    "browsingContext.navigationStarted",
    "browsingContext.navigationCommitted",
    "browsingContext.navigationFailed",
    "browsingContext.navigationAborted",
    "browsingContext.fragmentNavigated",
    "browsingContext.historyUpdated",
    "browsingContext.domContentLoaded",
    "browsingContext.load",
    "browsingContext.userPromptOpened",
    "browsingContext.downloadWillBegin",
    "log.entryAdded",
    "script.realmCreated",
    "script.realmDestroyed",
];

/// Events of every request. They keep the driver busy, so they are asked for only where no page code tells
/// which requests are under way.
pub(crate) const REQUESTS: [&str; 3] = [
    "network.beforeRequestSent",
    "network.responseCompleted",
    "network.fetchError",
];

/// An event.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// A tab or frame is there.
    ContextCreated(ContextInfo),
    /// A tab or frame is gone.
    ContextDestroyed(ContextInfo),
    /// A navigation began, came on, or ended.
    Navigation(NavigationStep, NavigationInfo),
    /// A dialog opened.
    UserPromptOpened(UserPrompt),
    /// Something was written to the console, or an error was not caught.
    LogEntry(LogEntry),
    /// A script context is there.
    RealmCreated(RealmInfo),
    /// A script context is gone.
    RealmDestroyed(String),
    /// A request is about to leave.
    RequestSent(RequestInfo),
    /// A request ended, well or badly.
    RequestEnded(RequestInfo),
}

/// How far a navigation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NavigationStep {
    /// It began.
    Started,
    /// The document was replaced.
    Committed,
    /// `DOMContentLoaded`.
    Parsed,
    /// `load`.
    Loaded,
    /// It failed.
    Failed,
    /// Another one took its place, or it became a download.
    Aborted,
    /// The document stayed.
    SameDocument,
}

/// Which navigation.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NavigationInfo {
    pub(crate) context: String,
    #[serde(default)]
    pub(crate) navigation: Option<String>,
    pub(crate) url: String,
}

/// A dialog.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct UserPrompt {
    pub(crate) context: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) message: String,
}

/// A line of the console, or an uncaught error.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogEntry {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Milliseconds since the epoch.
    #[serde(default)]
    pub(crate) timestamp: u64,
    #[serde(default)]
    pub(crate) method: Option<String>,
    pub(crate) level: String,
    #[serde(default)]
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) args: Vec<Value>,
    pub(crate) source: LogSource,
    #[serde(default)]
    pub(crate) stack_trace: Option<StackTrace>,
}

/// Where a line of the console comes from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LogSource {
    pub(crate) context: Option<String>,
}

/// The calls that led to it, innermost first.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StackTrace {
    #[serde(default)]
    pub(crate) call_frames: Vec<CallFrame>,
}

/// One of those calls.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallFrame {
    pub(crate) url: String,
    pub(crate) line_number: u64,
    pub(crate) column_number: u64,
}

/// A script context.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RealmInfo {
    pub(crate) realm: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) context: Option<String>,
    #[serde(default)]
    pub(crate) sandbox: Option<String>,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct RequestInfo {
    pub(crate) context: Option<String>,
    pub(crate) request: String,
    pub(crate) url: String,
}

#[derive(Deserialize)]
struct WireRequest {
    #[serde(default)]
    context: Option<String>,
    request: WireRequestData,
}

#[derive(Deserialize)]
struct WireRequestData {
    request: String,
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct WireRealm {
    realm: String,
}

impl Event {
    /// Reads an event; none for one the harness did not subscribe to.
    pub(crate) fn parse(method: &str, params: Value) -> serde_json::Result<Option<Self>> {
        fn read<T: serde::de::DeserializeOwned>(params: Value) -> serde_json::Result<T> {
            serde_json::from_value(params)
        }
        let navigation = |step, params| Ok(Self::Navigation(step, read(params)?));
        let request = |params| {
            let wire: WireRequest = read(params)?;
            Ok::<_, serde_json::Error>(RequestInfo {
                context: wire.context,
                request: wire.request.request,
                url: wire.request.url,
            })
        };
        let event = match method {
            "browsingContext.contextCreated" => Self::ContextCreated(read(params)?),
            "browsingContext.contextDestroyed" => Self::ContextDestroyed(read(params)?),
            "browsingContext.navigationStarted" => navigation(NavigationStep::Started, params)?,
            "browsingContext.navigationCommitted" => navigation(NavigationStep::Committed, params)?,
            "browsingContext.navigationFailed" => navigation(NavigationStep::Failed, params)?,
            "browsingContext.navigationAborted" | "browsingContext.downloadWillBegin" => {
                navigation(NavigationStep::Aborted, params)?
            }
            "browsingContext.fragmentNavigated" | "browsingContext.historyUpdated" => {
                navigation(NavigationStep::SameDocument, params)?
            }
            "browsingContext.domContentLoaded" => navigation(NavigationStep::Parsed, params)?,
            "browsingContext.load" => navigation(NavigationStep::Loaded, params)?,
            "browsingContext.userPromptOpened" => Self::UserPromptOpened(read(params)?),
            "log.entryAdded" => Self::LogEntry(read(params)?),
            "script.realmCreated" => Self::RealmCreated(read(params)?),
            "script.realmDestroyed" => Self::RealmDestroyed(read::<WireRealm>(params)?.realm),
            "network.beforeRequestSent" => Self::RequestSent(request(params)?),
            "network.responseCompleted" | "network.fetchError" => Self::RequestEnded(request(params)?),
            _ => return Ok(None),
        };
        Ok(Some(event))
    }
}

impl LogEntry {
    /// The arguments, where all of them are strings.
    pub(crate) fn strings(&self) -> Option<Vec<&str>> {
        self.args
            .iter()
            .map(|argument| argument.get("value").and_then(Value::as_str))
            .collect()
    }
}
