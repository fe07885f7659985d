//! What can go wrong with a journal.

use std::path::PathBuf;

/// A journal or run directory could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be created, written or read.
    #[error("failed to {attempt} `{}`: {source}", path.display())]
    File {
        /// What was attempted: `create`, `write`, `read`.
        attempt: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A line of a journal or manifest is not what it should be.
    #[error("failed to read {}:{line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The run directory was written by a version with another format.
    #[error("failed to read `{}`: it has format version {found}, this program reads {}", path.display(), crate::run::FORMAT_VERSION)]
    FormatVersion {
        /// The manifest.
        path: PathBuf,
        /// The version it states.
        found: u64,
    },
}
