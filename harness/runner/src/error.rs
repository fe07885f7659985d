//! What can keep a run from being made, and what can break one.

use scenarios::Diagnostic;

/// The run could not be made: a mistake of its user, or of the machine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Scenario files say something that cannot be played.
    #[error("failed to prepare {} scenario(s)", .0.len())]
    Diagnostics(Vec<Diagnostic>),
    /// No scenario is left after filtering.
    #[error("no scenario matches {filter}; `rehearse list` shows all {total}")]
    NothingMatches {
        /// The filters, quoted.
        filter: String,
        /// How many scenarios there are.
        total: usize,
    },
    /// An option cannot be followed.
    #[error("{0}")]
    Option(String),
    /// The browser to show a world in does not start.
    #[error("{0}")]
    Browser(String),
    /// The output folder cannot be used.
    #[error("failed to {attempt} `{path}`: {source}; choose another folder with `--output`")]
    Output {
        /// What was attempted.
        attempt: &'static str,
        /// The folder or file.
        path: String,
        /// The cause.
        source: std::io::Error,
    },
    /// `latest` cannot be made to point at a run.
    #[error(
        "failed to make `{latest}` lead to this run: {source}; the run lies in `{run}`. A folder in the place of the \
         link is not replaced: move it away, and the next run makes the link"
    )]
    Latest {
        /// The link.
        latest: String,
        /// The run directory.
        run: String,
        /// The cause.
        source: std::io::Error,
    },
    /// The world's data or authority cannot be made.
    #[error(transparent)]
    World(#[from] world::Error),
    /// The world's fixtures cannot be read.
    #[error(transparent)]
    Fixtures(#[from] fixtures::Error),
    /// The journal's files cannot be written.
    #[error(transparent)]
    Journal(#[from] journal::Error),
}

/// The harness, the driver or the browser failed: nothing is known about the product.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Broken {
    /// What happened, in words.
    pub reason: String,
    /// Where the journal lies as far as it came, relative to the run directory.
    pub folder: Option<String>,
}

impl Broken {
    pub(crate) fn harness(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            folder: None,
        }
    }
}

impl From<browser::Error> for Broken {
    fn from(error: browser::Error) -> Self {
        Self::harness(error.to_string())
    }
}

impl From<world::Error> for Broken {
    fn from(error: world::Error) -> Self {
        Self::harness(error.to_string())
    }
}

impl From<journal::Error> for Broken {
    fn from(error: journal::Error) -> Self {
        Self::harness(error.to_string())
    }
}
