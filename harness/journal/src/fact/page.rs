//! Facts seen in the browser: frames, messages, console, errors.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where page code ran.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// BiDi browsing context id of the frame.
    pub context: String,
    /// BiDi browsing context id of the tab it is in.
    pub tab: String,
    /// Serialised origin of the document, `null` for an opaque one.
    pub origin: String,
    /// URL of the document.
    pub url: String,
}

/// A frame's document came to life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContextOpened {
    /// BiDi browsing context id.
    pub context: String,
    /// The tab it belongs to.
    pub tab: String,
    /// Context of the frame that holds it; none for a tab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Context of the window that opened it, for a popup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opener: Option<String>,
    /// Its first URL.
    pub url: String,
}

/// A tab or frame is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContextClosed {
    /// BiDi browsing context id.
    pub context: String,
    /// Its last URL.
    pub url: String,
}

/// How far a navigation came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NavigationStage {
    /// It began.
    Started,
    /// The new document replaced the old one.
    Committed,
    /// The `load` event fired.
    Loaded,
    /// It failed.
    Failed,
    /// Only the fragment or the history entry changed.
    SameDocument,
}

/// A navigation in a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Navigation {
    /// BiDi browsing context id.
    pub context: String,
    /// True for a tab's own document, false for an iframe's.
    pub top_level: bool,
    /// Where to.
    pub url: String,
    /// How far it came.
    pub stage: NavigationStage,
}

/// `postMessage` was called (HTML, "Posting messages").
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageSent {
    /// The calling frame.
    pub from: Frame,
    /// The declared `targetOrigin`; `*` and `/` as written.
    pub target_origin: String,
    /// What kind of window it went to: `parent`, `opener`, `frame`, `source`, `self`, `top`, `popup`.
    pub via: String,
    /// The data, as JSON; what JSON cannot say is described in words.
    pub data: Value,
    /// Page time of the call: milliseconds since the epoch by the frame's own unshifted clock.
    pub page_ms: f64,
    /// Number of the call within its frame's document, from 1.
    pub nth: u64,
    /// The harness itself posted it, as a step of the scenario.
    #[serde(default)]
    pub staged: bool,
}

/// A `message` event was dispatched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageReceived {
    /// The frame that got it.
    pub at: Frame,
    /// `event.origin`.
    pub origin: String,
    /// The data, as JSON.
    pub data: Value,
    /// Page time of the dispatch: milliseconds since the epoch by the frame's own unshifted clock.
    pub page_ms: f64,
    /// `event.isTrusted`.
    pub trusted: bool,
}

/// Console output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Console {
    /// The frame, where known.
    pub frame: Option<Frame>,
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The text as the console shows it.
    pub text: String,
}

/// An uncaught error or an unhandled rejection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageError {
    /// The frame, where known.
    pub frame: Option<Frame>,
    /// True for an unhandled rejection.
    pub rejection: bool,
    /// The message.
    pub text: String,
    /// Script URL, line and column, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
}

/// A Content Security Policy violation (CSP3, §5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CspViolation {
    /// The frame whose policy was violated.
    pub frame: Option<Frame>,
    /// The effective directive.
    pub directive: String,
    /// What was blocked.
    pub blocked: String,
    /// `enforce` or `report`.
    pub disposition: String,
}

/// A CSS animation started or a CSS transition was set off (CSS Animations 1, §4.2; CSS Transitions 1, §6.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Motion {
    /// The frame.
    pub frame: Frame,
    /// The element's local name, with the pseudo-element where it is one.
    pub element: String,
    /// The animation's name, or the property that changes.
    pub name: String,
}

/// A document that came over TLS asked for something over plain HTTP, and the browser did not let it (Mixed Content, §5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MixedContent {
    /// The frame that asked. Firefox names the tab's own document where a frame of the same site asked.
    pub frame: Frame,
    /// What it asked for.
    pub url: String,
}

/// Something that a document asked for did not arrive: refused, cut off, kept back by a policy, or no such thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadFailed {
    /// The frame that asked.
    pub frame: Frame,
    /// What it asked for.
    pub url: String,
}

/// The page handed an event to a telemetry SDK.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handed {
    /// The frame.
    pub frame: Frame,
    /// The intake it is meant for: `mixpanel` or `datadog`.
    pub sink: String,
    /// Event or action name.
    pub event: String,
    /// Its properties as the page gave them.
    pub properties: Value,
}
