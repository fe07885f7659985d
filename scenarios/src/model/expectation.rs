//! What must hold.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Count, FrameName, Locator, Pattern};

/// One expectation. What has no upper bound is waited for; what has one (`count: 0`, `count: 1`) is judged
/// after the world has settled. Without `count`, at least one is expected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// Messages between windows.
    Message(MessageExpectation),
    /// Requests at the gateway, with their responses.
    Request(RequestExpectation),
    /// Events that arrived at a telemetry intake. Judged when the page has been left, because SDKs batch, and over the whole run,
    /// wherever the expectation stands.
    Telemetry(TelemetryExpectation),
    /// Elements of the page.
    Page(PageExpectation),
    /// URL of the current tab's document.
    Url(Pattern),
    /// Title of the current tab's document.
    Title(Pattern),
    /// Frames of the current tab by the origin of their document.
    Frame(FrameExpectation),
    /// An item of web storage.
    Storage(StorageExpectation),
    /// A cookie in the browser's jar.
    Cookie(CookieExpectation),
    /// Facts a mock told of its domain.
    Mock(MockExpectation),
    /// Console output and uncaught errors.
    Error(ErrorExpectation),
    /// Violations of a Content Security Policy, enforced or only reported (Content Security Policy Level 3, §5.3).
    CspViolation(CspExpectation),
    /// Animations and transitions by CSS that began; those that script moves by itself are not among them.
    Motion(MotionExpectation),
    /// What the gateway refused.
    Refused(RefusedExpectation),
    /// No violation of WCAG 2.2 A and AA that axe-core can find.
    Accessibility(AccessibilityExpectation),
}

/// Messages that match all of what is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MessageExpectation {
    /// Origin of the sender: a name of the world, or an origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Origin of the frame it reached, or was meant for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Kind: the contract whose schema the data matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What the data contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Pattern>,
    /// Members the data must not have, not even as null. `token`: at no depth; `payload.token`: not at that place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// The declared `targetOrigin`: a name of the world, an origin, or `*`. Needs page instrumentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_origin: Option<String>,
    /// Whether a frame received it; a sent message nobody received was dropped. Needs page instrumentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<bool>,
    /// Messages posted by a step count too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub staged: bool,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Only after this mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// Requests that match all of what is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RequestExpectation {
    /// Origin it went to: a name of the world, or an origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Origin that asked, a name of the world or an origin: that of the page, by `Origin` or `Referer`, or that whose
    /// server sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<RequestAgent>,
    /// Method. Preflights (`OPTIONS`) count only when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Path, with `*` for one segment and `**` for any, without the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Query parameters: name to pattern.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, Pattern>,
    /// Request header fields: name to pattern.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Pattern>,
    /// Cookies it carried: name to pattern.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cookies: BTreeMap<String, Pattern>,
    /// What the JSON or form body contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Pattern>,
    /// Status of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Pattern>,
    /// Response header fields: name to pattern.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub response_headers: BTreeMap<String, Pattern>,
    /// What the JSON body of the response contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_body: Option<Pattern>,
    /// How many redirects led to it, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hops_at_most: Option<usize>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Only after this mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// What sends requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RequestAgent {
    /// A browser.
    Browser,
    /// The server of an origin, on an errand of its own.
    Server,
}

/// Telemetry events that match all of what is given, each counted once however often it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TelemetryExpectation {
    /// The intake: `mixpanel` or `datadog`.
    pub sink: String,
    /// The event: for Mixpanel its snake-case name; for RUM `action`, `error`, `view`, `resource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The name: a RUM action's name or an error's message; for Mixpanel the event as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Pattern>,
    /// What its properties contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Pattern>,
    /// Properties it must not have, but for null. `sso_id`: at no depth of the event; `context.sso_id`: not at that
    /// place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// An element, and what it is like. What is said of it must hold for every one that the locator finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PageExpectation {
    /// The element.
    pub element: Locator,
    /// How many are in the DOM and visible (with `hidden: true` in the locator, hidden ones too).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Its text, white space folded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Pattern>,
    /// The form field's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Pattern>,
    /// Its accessible name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Pattern>,
    /// Whether it has the focus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focused: Option<bool>,
    /// Whether the focus is on it or inside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus_within: Option<bool>,
    /// Whether it is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Its attributes: name to pattern.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Pattern>,
    /// Its height in CSS pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<Pattern>,
}

/// Frames of the current tab by the origin of their document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrameExpectation {
    /// The origin: a name of the world, an origin, or a URL pattern with `*`.
    pub of: FrameName,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// An item of web storage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StorageExpectation {
    /// The origin, with a frame in the current tab.
    pub origin: FrameName,
    /// `local` (the default) or `session`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The key.
    pub key: String,
    /// The value; `$absent: true` for none.
    pub value: Pattern,
}

/// A cookie in the browser's jar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CookieExpectation {
    /// The origin it belongs to: a name of the world, or an origin.
    pub origin: String,
    /// Its name.
    pub name: String,
    /// What it is like: `value`, `secure`, `http-only`, `same-site`, `path`, `domain`, `partition`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Pattern>,
    /// How many; `0` for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// Facts a mock told of its domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MockExpectation {
    /// The mock.
    pub name: String,
    /// The fact, such as `ticket-created`.
    pub fact: String,
    /// What its particulars contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<Pattern>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// Only after this mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// Console output and uncaught errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ErrorExpectation {
    /// What the text is like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Pattern>,
    /// `console` (level error), `uncaught` or `rejection`; any of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// Violations of a Content Security Policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CspExpectation {
    /// The effective directive; `frame-ancestors` or `x-frame-options` where a frame stayed empty because its
    /// document does not let itself be embedded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directive: Option<String>,
    /// What was blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Pattern>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// Animations and transitions by CSS that began; those that script moves by itself are not among them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MotionExpectation {
    /// Origin of the frame: a name of the world, or an origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The animation's name, or the property that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Pattern>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// What the gateway refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RefusedExpectation {
    /// `host:port` or URL that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Pattern>,
    /// Why: `unknown-host`, `undeclared-port`, `malformed`, `too-large`, `foreign-peer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// A part of the page that axe-core looks at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccessibilityExpectation {
    /// Only inside this element; the whole document when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Locator>,
}
