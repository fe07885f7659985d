//! What a person or the outside world does.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Fault, FrameName, Locator, MessageExpectation, PlacedExpectation, RequestExpectation, Span};

/// One step. Steps that act on an element wait until it is there, the only one that matches, visible, enabled and still; what is
/// clicked or hovered over must not be covered either.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Plays a prelude.
    Use(UsePrelude),
    /// Goes to a URL in the current tab; a path is of the world's front end.
    Open(String),
    /// Opens a further tab and makes it the current one.
    OpenTab(OpenTab),
    /// Makes a tab the current one; the first is `main`.
    SwitchTab(String),
    /// Closes a tab; `main` becomes the current one.
    CloseTab(String),
    /// Reloads the current tab.
    Reload,
    /// Goes back in the history.
    Back,
    /// Clicks.
    Click(Locator),
    /// Clicks twice, as fast as a double click.
    DoubleClick(Locator),
    /// Replaces the text of a field.
    Fill(Fill),
    /// Chooses an option of a select field, by its label.
    Select(Select),
    /// Presses a key or chord: `Escape`, `ArrowDown`, `Control+k`.
    Press(Press),
    /// Puts the focus on an element.
    Focus(Locator),
    /// Moves the pointer over an element.
    Hover(Locator),
    /// Scrolls an element into view.
    ScrollTo(Locator),
    /// Posts a message to a window of the page.
    PostMessage(PostMessage),
    /// Navigates a frame, as hostile or careless page code would.
    NavigateFrame(NavigateFrame),
    /// Sends a request by script from a page of the world.
    Request(PageRequest),
    /// Tells mocks to behave in another way from now on: mock to direction, as in the scenario's head.
    Stage(BTreeMap<String, Value>),
    /// Adds a fault at the gateway from now on.
    Fault(#[schemars(with = "Fault")] Value),
    /// Takes all faults away, those of the scenario's head too.
    ClearFaults,
    /// Moves the world's clock ahead, in mocks and pages: timers that fall due on the way go off, and nobody waits. Workers,
    /// `AbortSignal.timeout`, CSS animations and the expiry of cookies stay with the machine's clock.
    Advance(Span),
    /// Names this point, for `since`.
    Mark(String),
    /// Takes a screenshot; the text says what of.
    Screenshot(String),
    /// What must hold now: everything up to this point is looked at.
    Expect(Vec<PlacedExpectation>),
    /// Notes an answer to an open question, for the report's table.
    Observe(Observe),
}

impl Step {
    /// The step as the one with this number in a play: its expectations get their paths.
    pub(crate) fn at(mut self, index: usize) -> Self {
        if let Self::Expect(expectations) = &mut self {
            for (number, expectation) in expectations.iter_mut().enumerate() {
                expectation.path = format!("steps[{index}].expect[{number}]");
            }
        }
        self
    }
}

/// A prelude to play: its name, or name and parameters.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum UsePrelude {
    /// By name.
    Name(String),
    /// With parameters.
    With {
        /// Its name.
        prelude: String,
        /// Parameters that differ from their defaults.
        #[serde(default)]
        with: BTreeMap<String, Value>,
    },
}

/// A further tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OpenTab {
    /// Its name, for `switch-tab`.
    pub name: String,
    /// Where it goes.
    pub url: String,
}

/// A field and its new text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fill {
    /// The field.
    pub field: Locator,
    /// Its new text.
    pub with: Typed,
}

/// What is typed: a text, or what somebody's authenticator app shows at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Typed {
    /// A text.
    Text(String),
    /// What that persona's authenticator app shows (RFC 6238), on the world's clock. Each code counts once: the next comes half a
    /// minute later.
    OneTimeCode {
        /// Whose: a persona's name.
        #[serde(rename = "one-time-code")]
        one_time_code: String,
    },
}

/// A select field and the option to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Select {
    /// The field.
    pub field: Locator,
    /// Label of the option.
    pub option: String,
}

/// A key or chord: by name, or with where and how often.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Press {
    /// Where the focus is.
    Key(String),
    /// On an element, or several times.
    On {
        /// The key or chord.
        key: String,
        /// The element that gets the focus first.
        #[serde(default)]
        on: Option<Box<Locator>>,
        /// How often.
        #[serde(default = "once")]
        times: u32,
    },
}

pub(super) fn once() -> u32 {
    1
}

/// A message to post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PostMessage {
    /// Who posts it.
    pub from: Sender,
    /// The window it goes to: the name of an origin with a frame in this tab; the tab's own document when absent.
    #[serde(default)]
    pub to: Option<FrameName>,
    /// The data.
    pub data: Value,
    /// The declared target origin; `*` when absent, as an attacker would.
    #[serde(default)]
    pub target_origin: Option<String>,
    /// How often, one straight after the other.
    #[serde(default = "once")]
    pub times: u32,
}

/// Who posts a message.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Sender {
    /// A popup that the page opens at this origin posts to its opener. The origin is a name of the world (`crm-api`), a look-alike of
    /// one (`sso.suffix`), an origin in full, or `opaque`: a sandboxed page of the attacker, whose origin is `null`.
    Popup(String),
    /// A frame that is already in the page posts, or the page itself.
    Frame {
        /// The frame: the name of its origin.
        frame: FrameName,
    },
}

/// A frame and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NavigateFrame {
    /// The frame.
    pub frame: FrameName,
    /// Where to: the name of an origin for its blank page, a path of the world's front end (`/…`), or an address with its scheme.
    pub to: String,
}

/// A request sent by script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PageRequest {
    /// The page that sends it: the name of an origin with a frame in this tab; the tab's own document when absent.
    #[serde(default)]
    pub from: Option<FrameName>,
    /// Method; `GET` when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// URL.
    pub url: String,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Body: text as it is, anything else as JSON.
    #[serde(default)]
    pub body: Option<Value>,
    /// Whether cookies go with it across origins.
    #[serde(default)]
    pub credentials: bool,
}

/// An answer to an open question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Observe {
    /// The question's id.
    pub question: String,
    /// Which case this run is: column to value. Engine and cookie policy are added by the harness.
    #[serde(default)]
    pub case: BTreeMap<String, String>,
    /// What to read off: column to probe.
    pub answer: BTreeMap<String, Probe>,
}

/// Something to read off the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Probe {
    /// Status of the last request that matches; `none` when there was none.
    StatusOf(Box<RequestExpectation>),
    /// How many requests match.
    RequestsOf(Box<RequestExpectation>),
    /// A member of the data of the last message that matches; `none` when there was none.
    MemberOf(Box<MemberOfMessage>),
    /// Text of an element; `absent` when it is not there.
    TextOf(Box<Locator>),
    /// Whether an element is there and visible: `yes` or `no`.
    Shows(Box<Locator>),
}

/// A member of the data of the last message that matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MemberOfMessage {
    /// Which message.
    pub message: MessageExpectation,
    /// The member's name, at the top level of the data.
    pub member: String,
}
