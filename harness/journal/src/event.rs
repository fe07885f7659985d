//! What one line of `events.jsonl` holds.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Fact, Sighting};

/// Position of an event in its journal: 1 for the first, without gaps.
pub type Sequence = u64;

/// One thing that happened, already redacted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Position in the journal.
    pub seq: Sequence,
    /// When it was recorded.
    pub at: Moment,
    /// Who saw it.
    pub source: Source,
    /// The HTTP exchange it belongs to, where there is one: a mock's domain fact names the request
    /// that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeId>,
    /// Secrets that stood in this event before it was redacted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sightings: Vec<Sighting>,
    /// What happened.
    pub fact: Fact,
}

/// A point in time on both of a world's clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// Microseconds since the Unix epoch, by the machine's clock.
    pub wall_us: u64,
    /// Milliseconds since the Unix epoch, by the world's clock (wall time plus what was advanced).
    pub virtual_ms: i64,
}

/// Who saw an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Source {
    /// The gateway: wire truth.
    Gateway,
    /// A mock, by name.
    Mock(String),
    /// Page code in a frame (preload recorder or BiDi event of a document).
    Page,
    /// The browser or its driver.
    Browser,
    /// The runner: phases, steps, observations.
    Runner,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gateway => formatter.write_str("gateway"),
            Self::Mock(name) => write!(formatter, "mock:{name}"),
            Self::Page => formatter.write_str("page"),
            Self::Browser => formatter.write_str("browser"),
            Self::Runner => formatter.write_str("runner"),
        }
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.to_string()
    }
}

impl TryFrom<String> for Source {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "gateway" => Ok(Self::Gateway),
            "page" => Ok(Self::Page),
            "browser" => Ok(Self::Browser),
            "runner" => Ok(Self::Runner),
            other => match other.strip_prefix("mock:") {
                Some(name) => Ok(Self::Mock(name.to_owned())),
                None => Err(format!("unknown event source `{other}`")),
            },
        }
    }
}

/// Identity of one HTTP exchange within a world. The gateway puts it into the request's extensions,
/// so that a mock can tie its domain facts to the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExchangeId(pub u64);
