//! What can keep a report from being written.

use std::path::PathBuf;

/// A report could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The manifest of the run directory cannot be understood.
    #[error(transparent)]
    Manifest(#[from] journal::Error),
    /// A file could not be created, written or put in place.
    #[error("failed to {attempt} `{}`: {source}", path.display())]
    File {
        /// What was attempted: `create`, `write`, `rename`.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The JUnit document could not be serialised.
    #[error("failed to serialise junit.xml: {0}")]
    Junit(#[from] quick_junit::SerializeError),
    /// Data of the run could not be serialised as JSON.
    #[error("failed to serialise {what}: {source}")]
    Json {
        /// Which part.
        what: &'static str,
        /// The cause.
        source: serde_json::Error,
    },
    /// The page around the data could not be rendered.
    #[error("failed to render the shell of report.html: {0}")]
    Shell(#[from] minijinja::Error),
}
