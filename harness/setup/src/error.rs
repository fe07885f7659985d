//! What can go wrong, each with its place, its cause and what mends it.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::part::Part;

/// An error of the set-up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} `{path}`: {cause}; check that it is there and that you may use it")]
    File {
        /// What was tried: `read`, `write`, `lock`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A command could not be started.
    #[error("cannot start `{command}`: {cause}; check that the program is installed and on your PATH")]
    NotStarted {
        /// The command, as typed.
        command: String,
        /// What the system said.
        cause: io::Error,
    },
    /// A command ran and failed; what it printed stands above.
    #[error(
        "`{command}` failed with {status}; its own messages above say why, and it can be typed again by hand"
    )]
    Failed {
        /// The command, as typed.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// No interpreter of Python will do.
    #[error("{}", crate::python::NO_INTERPRETER)]
    NoPython,
    /// Something that was wanted is still not there.
    #[error("the set-up is not complete:{}", listed(.parts, .failures))]
    Incomplete {
        /// The parts that are missing or do not fit, each with its remedy.
        parts: Vec<Part>,
        /// What was tried in vain.
        failures: Vec<SetupError>,
    },
}

fn listed(parts: &[Part], failures: &[SetupError]) -> String {
    let parts = parts.iter().map(|part| format!("\n  {part}"));
    let failures = failures.iter().map(|failure| format!("\n  tried: {failure}"));
    parts.chain(failures).collect()
}
