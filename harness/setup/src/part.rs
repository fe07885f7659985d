//! One thing a run needs, and what was found of it.

use std::fmt;
use std::path::PathBuf;

use crate::engine::Engine;
use crate::tool::Tool;
use crate::version::Version;

/// Which thing it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartId {
    /// A browser or a driver.
    Tool(Tool),
    /// The npm packages of a folder, named from the checkout's root with forward slashes.
    Packages(String),
    /// The Python packages of a folder, named likewise.
    PythonPackages(&'static str),
}

impl fmt::Display for PartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(tool) => tool.fmt(f),
            Self::Packages(folder) => write!(f, "npm packages of {folder}"),
            Self::PythonPackages(folder) => write!(f, "Python packages of {folder}"),
        }
    }
}

/// Whether a part can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is there and fits.
    Ok,
    /// It is not there, or cannot be used.
    Missing {
        /// What was looked for, and what was seen instead.
        cause: String,
        /// What to type.
        remedy: String,
    },
    /// It is there, but does not fit the others.
    Mismatched {
        /// What does not fit what.
        cause: String,
        /// What to type.
        remedy: String,
    },
}

/// One thing a run needs, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which thing it is.
    pub id: PartId,
    /// The version, where it has one and says it.
    pub version: Option<Version>,
    /// Where it lies, or would lie for packages.
    pub path: Option<PathBuf>,
    /// Whether it can be used.
    pub verdict: Verdict,
}

impl Part {
    /// Whether the part can be used.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.verdict == Verdict::Ok
    }

    /// The engine that needs this part; `None` if every run does.
    #[must_use]
    pub fn engine(&self) -> Option<Engine> {
        match &self.id {
            PartId::Tool(tool) => tool.engine(),
            PartId::Packages(_) | PartId::PythonPackages(_) => None,
        }
    }

    /// What to type, if something has to be.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Ok => None,
            Verdict::Missing { remedy, .. } | Verdict::Mismatched { remedy, .. } => Some(remedy),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match &self.verdict {
            Verdict::Ok => "ok",
            Verdict::Missing { .. } => "missing",
            Verdict::Mismatched { .. } => "mismatched",
        };
        write!(f, "{}: {verdict}", self.id)?;
        if let Some(version) = &self.version {
            write!(f, ", {version}")?;
        }
        if let Some(path) = &self.path {
            write!(f, ", {}", path.display())?;
        }
        match &self.verdict {
            Verdict::Ok => Ok(()),
            Verdict::Missing { cause, remedy } | Verdict::Mismatched { cause, remedy } => {
                write!(f, "; {cause}\n    type: {remedy}")
            }
        }
    }
}
