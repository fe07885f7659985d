//! What a run tells while it goes on.

use journal::Recorder;
use journal::run::ScenarioRecord;

/// Something happened in a run.
#[derive(Debug)]
pub enum Update<'run> {
    /// The plan is made.
    Planned {
        /// How many scenario runs there will be.
        total: usize,
    },
    /// A worker starts a browser.
    BrowserStarting {
        /// The engine.
        engine: &'run str,
    },
    /// A scenario begins.
    Began {
        /// Its id.
        id: &'run str,
        /// The engine.
        engine: &'run str,
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// A scenario ended, after its last attempt.
    Ended {
        /// Its record.
        record: &'run ScenarioRecord,
    },
}

/// Listens to a run. Called from several workers.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn update(&self, update: &Update<'_>);

    /// A journal begins. Its recorder can be followed from now on, and knows in the end which values stand redacted in
    /// it: what a test needs that searches the run directory for them.
    fn recording(&self, _recorder: &Recorder) {}
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn update(&self, _: &Update<'_>) {}
}
