//! What the workers of a run share: the queue, the records, what they found out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::Location;
use journal::run::{ScenarioRecord, Verdict};
use scenarios::{Case, Catalogue};
use tokio_util::sync::CancellationToken;
use world::Rewrite;

use crate::{BrowserPool, Job, Options, Plan, Prepared, Progress, again};

/// What the workers of a run share.
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) plan: Plan,
    pub(crate) prepared: Vec<Option<Arc<Prepared>>>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) rewrites: Vec<Rewrite>,
    pub(crate) pool: Arc<BrowserPool>,
    pub(crate) directory: PathBuf,
    pub(crate) queue: Mutex<VecDeque<Vec<usize>>>,
    pub(crate) records: Vec<Mutex<Option<ScenarioRecord>>>,
    pub(crate) engines: Mutex<BTreeMap<String, String>>,
    pub(crate) fidelity: Mutex<BTreeSet<String>>,
    pub(crate) rewrites_met: Mutex<Vec<(String, usize)>>,
    pub(crate) progress: Arc<dyn Progress>,
    pub(crate) cancel: CancellationToken,
}

impl Shared {
    /// The record of a job: as played, or skipped because the run was interrupted before its turn. Workers keep a record of what
    /// was in play.
    pub(crate) fn record_of(&self, index: usize) -> ScenarioRecord {
        let played = lock(&self.records[index]).clone();
        played.unwrap_or_else(|| {
            let mut record = self.blank_record(&self.plan.jobs[index]);
            record.reason = Some("the run was interrupted before its turn".to_owned());
            record
        })
    }

    pub(crate) fn blank_record(&self, job: &Job) -> ScenarioRecord {
        let case = &self.catalogue.cases()[job.case];
        let sabotage = job.sabotage.and_then(|position| self.rewrites.get(position));
        let again = again::of_job(
            &self.options,
            case,
            job,
            sabotage.map(|rewrite| rewrite.id.as_str()),
        );
        ScenarioRecord {
            again: Some(again),
            ..blank(case, job)
        }
    }
}

/// The record of a job before it is played.
pub(crate) fn blank(case: &Case, job: &Job) -> ScenarioRecord {
    ScenarioRecord {
        id: case.id.clone(),
        title: case.title.clone(),
        engine: job.engine.to_string(),
        repeat: job.repeat,
        verdict: Verdict::Skipped,
        attempts: 0,
        duration_ms: 0,
        phases_ms: BTreeMap::new(),
        covers: case.covers.clone(),
        location: journal_location(&case.location),
        again: None,
        reason: None,
        findings: Vec::new(),
        folder: None,
        earlier: Vec::new(),
    }
}

/// A location as the journal writes it.
pub(crate) fn journal_location(location: &scenarios::Location) -> Location {
    Location {
        file: location.file.display().to_string(),
        line: location.line,
        column: location.column,
    }
}

/// What a mutex holds, though somebody panicked with it: each holder leaves it whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
