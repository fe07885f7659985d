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

/// Events that a run may do without, and what is not seen then. Without any other, absence would be judged unproven.
pub(crate) const DISPENSABLE: [(&str, &str); 5] = [
    (
        "browsingContext.navigationCommitted",
        "that a document took its place is seen when it is parsed",
    ),
    (
        "browsingContext.navigationAborted",
        "a navigation that another one replaced counts as under way for a while",
    ),
    (
        "browsingContext.historyUpdated",
        "addresses that script gives to the same document are not seen",
    ),
    ("browsingContext.userPromptOpened", "dialogs are not seen"),
    (
        "browsingContext.downloadWillBegin",
        "a navigation that became a download counts as under way for a while",
    ),
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
    /// Chromium only: documents of a frame live in a process of their own.
    FrameMoved {
        /// The frame.
        context: String,
        /// The DevTools session of that process.
        session: String,
    },
    /// Chromium only: mixed content.
    MixedContent(MixedContentInfo),
}

/// What a document that came over TLS asked for over plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MixedContentInfo {
    /// The frame that asked, or that was to be navigated.
    pub(crate) context: String,
    /// What it asked for.
    pub(crate) url: String,
    /// It is the frame itself that was to be navigated.
    pub(crate) is_navigation: bool,
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

/// An event of the DevTools protocol, as chromedriver wraps it.
#[derive(Deserialize)]
struct WireDevTools<T> {
    params: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAttached {
    session_id: String,
    target_info: WireTarget,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTarget {
    target_id: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct WireIssueAdded {
    issue: WireIssue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireIssue {
    details: WireDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireDetails {
    #[serde(default)]
    mixed_content_issue_details: Option<WireMixedContent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMixedContent {
    #[serde(rename = "insecureURL")]
    insecure_url: String,
    resolution_status: String,
    #[serde(default)]
    resource_type: String,
    #[serde(default)]
    frame: Option<WireFrame>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFrame {
    frame_id: String,
}

impl WireMixedContent {
    /// None where the browser upgraded the request, and for a form that would be sent, which is a warning.
    fn into_event(self) -> Option<Event> {
        if self.resolution_status == "MixedContentAutomaticallyUpgraded" || self.resource_type == "Form" {
            return None;
        }
        Some(Event::MixedContent(MixedContentInfo {
            context: self.frame?.frame_id,
            url: self.insecure_url,
            is_navigation: self.resource_type == "Frame",
        }))
    }
}

impl Event {
    /// Reads an event; none for one the harness did not subscribe to, or that tells it nothing.
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
            "goog:cdp.Target.attachedToTarget" => {
                let attached = read::<WireDevTools<WireAttached>>(params)?.params;
                if attached.target_info.kind != "iframe" {
                    return Ok(None);
                }
                Self::FrameMoved {
                    context: attached.target_info.target_id,
                    session: attached.session_id,
                }
            }
            "goog:cdp.Audits.issueAdded" => {
                let issue = read::<WireDevTools<WireIssueAdded>>(params)?.params.issue;
                let details = issue.details.mixed_content_issue_details;
                return Ok(details.and_then(WireMixedContent::into_event));
            }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn issue(resolution: &str, kind: &str) -> Option<Event> {
        let details = json!({
            "insecureURL": "http://b.test/x", "mainResourceURL": "https://a.test/", "frame": { "frameId": "F" },
            "resolutionStatus": resolution, "resourceType": kind,
        });
        let issue =
            json!({ "code": "MixedContentIssue", "details": { "mixedContentIssueDetails": details } });
        let params = json!({ "event": "Audits.issueAdded", "params": { "issue": issue }, "session": "S" });
        Event::parse("goog:cdp.Audits.issueAdded", params).expect("it can be read")
    }

    #[test]
    fn only_what_was_not_upgraded_is_mixed_content() {
        let told = |event| match event {
            Some(Event::MixedContent(info)) => Some((info.url, info.is_navigation)),
            _ => None,
        };
        let url = || "http://b.test/x".to_owned();
        assert_eq!(told(issue("MixedContentBlocked", "Script")), Some((url(), false)));
        assert_eq!(told(issue("MixedContentBlocked", "Frame")), Some((url(), true)));
        assert_eq!(told(issue("MixedContentWarning", "Image")), Some((url(), false)));
        assert_eq!(told(issue("MixedContentAutomaticallyUpgraded", "Image")), None);
        assert_eq!(told(issue("MixedContentWarning", "Form")), None);
    }

    #[test]
    fn other_issues_tell_nothing() {
        let issue = json!({ "code": "QuirksModeIssue", "details": { "quirksModeIssueDetails": {} } });
        let params = json!({ "event": "Audits.issueAdded", "params": { "issue": issue }, "session": "S" });
        assert!(matches!(
            Event::parse("goog:cdp.Audits.issueAdded", params),
            Ok(None)
        ));
    }
}
