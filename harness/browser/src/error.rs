//! What can go wrong in a browser, and whose fault it is.

use std::fmt;
use std::time::Duration;

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Something in a browser did not work out: what was attempted, and what kind of failure it was.
#[derive(Debug, Clone)]
pub struct Error {
    attempt: String,
    kind: ErrorKind,
}

/// Why it did not work out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The product did not let it happen: an element that never came, stayed hidden, covered or
    /// disabled, a page that could not be loaded. A scenario that meets this has *failed*.
    Blocked {
        /// How long was waited.
        waited: Duration,
        /// What was seen last.
        last_seen: String,
    },
    /// The browser, its driver or the connection to it is gone. The scenario is *broken*; a fresh
    /// browser may well succeed.
    Gone {
        /// What is known about the end.
        reason: String,
    },
    /// A command to the browser got no answer in time.
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// A tab, frame, node or script context vanished while it was being used.
    Vanished {
        /// The driver's words.
        message: String,
    },
    /// The browser was launched pristine, and this needs the page instrumentation that was left out.
    NeedsInstrumentation,
    /// The engine cannot do this.
    Unsupported {
        /// What it cannot do.
        what: String,
    },
    /// A browser, driver or session could not be started.
    Launch {
        /// What went wrong, with the driver's own words where it said any.
        reason: String,
    },
    /// The driver refused a command.
    Refused {
        /// The standard's error code, such as `invalid argument`.
        code: String,
        /// The driver's words.
        message: String,
    },
    /// Page code of the harness threw.
    Script {
        /// The exception's text.
        message: String,
    },
    /// A file that the harness needs is not installed.
    Missing {
        /// Which file, and how to get it.
        what: String,
    },
    /// An answer could not be understood.
    Protocol {
        /// What was strange about it.
        reason: String,
    },
}

impl Error {
    pub(crate) fn new(attempt: impl Into<String>, kind: ErrorKind) -> Self {
        Self {
            attempt: attempt.into(),
            kind,
        }
    }

    /// The same failure, seen from a step further out.
    pub(crate) fn during(self, attempt: impl Into<String>) -> Self {
        let attempt = attempt.into();
        let attempt = if self.attempt.is_empty() {
            attempt
        } else {
            format!("{attempt}: {}", self.attempt)
        };
        Self {
            attempt,
            kind: self.kind,
        }
    }

    /// What a session needs does not come up, for a reason that somebody else gives.
    pub(crate) fn launch(attempt: impl Into<String>, reason: impl fmt::Display) -> Self {
        let reason = reason.to_string();
        Self::new(attempt, ErrorKind::Launch { reason })
    }

    pub(crate) fn blocked(
        attempt: impl Into<String>,
        waited: Duration,
        last_seen: impl Into<String>,
    ) -> Self {
        Self::new(
            attempt,
            ErrorKind::Blocked {
                waited,
                last_seen: last_seen.into(),
            },
        )
    }

    pub(crate) fn gone(attempt: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(
            attempt,
            ErrorKind::Gone {
                reason: reason.into(),
            },
        )
    }

    pub(crate) fn protocol(attempt: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(
            attempt,
            ErrorKind::Protocol {
                reason: reason.into(),
            },
        )
    }

    /// What was attempted.
    #[must_use]
    pub fn attempt(&self) -> &str {
        &self.attempt
    }

    /// Why it did not work out.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The product is to blame: the scenario has failed rather than broken.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        matches!(self.kind, ErrorKind::Blocked { .. })
    }

    /// The browser is gone: only a fresh one helps.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self.kind, ErrorKind::Gone { .. })
    }

    /// No answer came in time.
    pub(crate) fn is_timed_out(&self) -> bool {
        matches!(self.kind, ErrorKind::TimedOut { .. })
    }

    /// What was being looked at vanished; looking again may find its successor.
    pub(crate) fn is_vanished(&self) -> bool {
        matches!(self.kind, ErrorKind::Vanished { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "failed to {}: {}", self.attempt, self.kind)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocked { waited, last_seen } => {
                write!(
                    formatter,
                    "waited {} ms, last seen: {last_seen}",
                    waited.as_millis()
                )
            }
            Self::Gone { reason } => write!(formatter, "the browser is gone: {reason}"),
            Self::TimedOut { after } => {
                write!(
                    formatter,
                    "the browser gave no answer within {} ms",
                    after.as_millis()
                )
            }
            Self::Vanished { message } => write!(formatter, "it vanished in the meantime: {message}"),
            Self::NeedsInstrumentation => {
                formatter.write_str("a pristine browser carries no page instrumentation, which this needs")
            }
            Self::Unsupported { what } => write!(formatter, "this engine cannot {what}"),
            Self::Launch { reason } | Self::Protocol { reason } => formatter.write_str(reason),
            Self::Refused { code, message } => write!(formatter, "{code}: {message}"),
            Self::Script { message } => write!(formatter, "page code of the harness threw: {message}"),
            Self::Missing { what } => formatter.write_str(what),
        }
    }
}
