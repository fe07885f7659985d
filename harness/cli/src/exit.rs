//! Exit codes, and what is said before a bad one.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything passed.
    Passed,
    /// The product broke a promise.
    Failed,
    /// The command line, the configuration, a scenario or a folder is not as it should be.
    Usage,
    /// The harness, a driver or a browser failed.
    Broken,
    /// Something was flaky, and `--fail-on-flaky` was given.
    Flaky,
    /// Ended early by a signal.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Broken => 3,
            Exit::Flaky => 4,
            Exit::Interrupted => 130,
        })
    }
}

/// A command that could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The code to end with.
    pub(crate) exit: Exit,
    /// What happened, where, and what would help; may have several lines.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
        }
    }

    pub(crate) fn broken(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Broken,
            message: message.into(),
        }
    }
}

impl From<runner::Error> for Failure {
    fn from(error: runner::Error) -> Self {
        match error {
            runner::Error::Diagnostics(diagnostics) => diagnostics.into(),
            runner::Error::World(_) | runner::Error::Journal(_) | runner::Error::Browser(_) => {
                Self::broken(error.to_string())
            }
            other => Self::usage(other.to_string()),
        }
    }
}

impl From<Vec<scenarios::Diagnostic>> for Failure {
    fn from(diagnostics: Vec<scenarios::Diagnostic>) -> Self {
        let mut message = match diagnostics.len() {
            1 => "1 mistake in the scenario files".to_owned(),
            several => format!("{several} mistakes in the scenario files"),
        };
        for diagnostic in &diagnostics {
            message.push_str(&format!("\n\n{diagnostic}"));
        }
        Self::usage(message)
    }
}

impl From<reports::Error> for Failure {
    fn from(error: reports::Error) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<fixtures::Error> for Failure {
    fn from(error: fixtures::Error) -> Self {
        Self::usage(error.to_string())
    }
}
