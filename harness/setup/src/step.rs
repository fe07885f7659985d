//! What the installation is doing, told one step at a time.

use std::fmt;
use std::time::Duration;

use crate::part::Part;

/// One step of an installation. Its `Display` is one line for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A part is there already; nothing was done.
    Present(Part),
    /// Another set-up of this checkout is at work; this one waits for it.
    Waiting,
    /// A command begins.
    Running {
        /// What it brings.
        what: String,
        /// The command, as typed.
        command: String,
    },
    /// What was missing is there now.
    Installed {
        /// What it is.
        what: String,
        /// How long it took.
        took: Duration,
    },
    /// A command failed; the set-up goes on with the rest.
    Failed {
        /// What it should have brought.
        what: String,
        /// What went wrong.
        cause: String,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present(part) => write!(f, "present    {part}"),
            Self::Waiting => f.write_str("waiting    for another set-up of this checkout to end"),
            Self::Running { what, command } => write!(f, "installing {what}: {command}"),
            Self::Installed { what, took } => write!(f, "installed  {what} in {:.1} s", took.as_secs_f64()),
            Self::Failed { what, cause } => write!(f, "failed     {what}: {cause}"),
        }
    }
}
