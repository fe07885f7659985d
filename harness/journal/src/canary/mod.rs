//! Canaries: secrets and personal data whose whereabouts are watched.
//!
//! A canary is looked for in every string of every event, in each [`Encoding`] it may hide in, and
//! replaced by a stable pseudonym such as `‹access_token~3f9c›` before the event is kept. Where it stood
//! in another writing than its own, the pseudonym says so: `‹url of ‹access_token~3f9c››`.

mod decode;
mod needle;
mod pseudonym;
mod watch;
mod wrapping;

use serde::{Deserialize, Serialize};

pub use decode::{inflate, inflate_by_magic};
pub use needle::encodings_of;
pub(crate) use watch::Watch;

/// Shorter values are not watched: they would be found by chance.
pub const SHORTEST: usize = 6;

/// A value to watch for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Canary {
    /// What it is: `access_token`, `code`, `cookie:_mekari_account`, `contact_email`.
    pub kind: String,
    /// The value itself. It never leaves memory.
    pub value: String,
}

impl Canary {
    /// A canary of a kind.
    pub fn new(kind: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            value: value.into(),
        }
    }
}

/// How a canary was written where it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As it is (letter case aside).
    Plain,
    /// Percent-encoded, in any mixture, or as form data.
    Url,
    /// Base64 or base64url, at any alignment.
    Base64,
    /// Hexadecimal.
    Hex,
    /// Escaped as in a JSON string.
    JsonEscaped,
    /// Inside compressed data (gzip, zlib) that was itself encoded as text.
    Compressed,
}

impl Encoding {
    /// The word that a pseudonym says it with.
    fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Url => "url",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::JsonEscaped => "escaped",
            Self::Compressed => "compressed",
        }
    }
}

/// A canary that was seen in an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sighting {
    /// The canary's kind.
    pub canary: String,
    /// What stands in its place: the same for the same value throughout a run.
    pub pseudonym: String,
    /// Where in the event's fact, as a JSON pointer (RFC 6901): `/url`, `/headers/4/1`, `/body/text`.
    pub place: String,
    /// How it was written.
    pub encoding: Encoding,
}
