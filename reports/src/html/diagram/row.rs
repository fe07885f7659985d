//! One line of a sequence diagram.

use journal::Sequence;
use serde::Serialize;

/// What a row shows; also what it can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// A step of the scenario began.
    Step,
    /// A phase of the run began.
    Phase,
    /// A request with its response.
    Request,
    /// The response of an earlier row, where other things happened in between.
    Return,
    /// Static files, taken together.
    Assets,
    /// A request that carried telemetry.
    Telemetry,
    /// A message between windows.
    Message,
    /// A document came or went.
    Navigation,
    /// A request that the gateway refused.
    Refused,
    /// A WebSocket message.
    Socket,
    /// Something that a lane saw, said or did.
    Note,
    /// What the page showed when an expectation looked.
    State,
}

/// How loud a row is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tone {
    /// As most.
    #[default]
    Plain,
    /// Background.
    Quiet,
    /// Worth a look.
    Warn,
    /// Wrong.
    Bad,
}

impl Tone {
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

/// One line of a sequence diagram.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// What it shows.
    pub(crate) kind: Kind,
    /// Microseconds since the first event.
    pub(crate) t: i64,
    /// Lane it starts at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<usize>,
    /// Lane it ends at; none for a note on one lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<usize>,
    /// What it says.
    pub(crate) label: String,
    /// More, in a lower voice.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) detail: String,
    /// How loud it is.
    #[serde(skip_serializing_if = "Tone::is_plain")]
    pub(crate) tone: Tone,
    /// The journal's events it shows, the telling one first.
    pub(crate) events: Vec<Sequence>,
    /// HTTP status; 0 for a request without a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// How long it took, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) took: Option<u64>,
    /// Bytes that came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    /// A message that never arrived.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) dropped: bool,
    /// Done by the harness in somebody's name.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) staged: bool,
    /// A message whose sender was not recorded.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) unseen: bool,
}

impl Row {
    /// A row with what every row needs.
    pub(crate) fn new(kind: Kind, t: i64, label: impl Into<String>, events: Vec<Sequence>) -> Self {
        Self {
            kind,
            t,
            from: None,
            to: None,
            label: label.into(),
            detail: String::new(),
            tone: Tone::Plain,
            events,
            status: None,
            took: None,
            size: None,
            dropped: false,
            staged: false,
            unseen: false,
        }
    }

    /// Whether it begins a section of the diagram.
    pub(crate) fn is_band(&self) -> bool {
        matches!(self.kind, Kind::Step | Kind::Phase)
    }

    /// Whether it would be missed between a request and its response.
    pub(crate) fn separates(&self) -> bool {
        matches!(
            self.kind,
            Kind::Step | Kind::Phase | Kind::Message | Kind::Navigation
        )
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
