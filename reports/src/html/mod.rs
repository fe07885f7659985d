//! `report.html`.
use std::path::{Path, PathBuf};

use journal::run::{RunManifest, ScenarioRecord};

use crate::directory::Trace;
use crate::write::Draft;
use crate::{Error, Options};

pub(crate) struct Page<'run> {
    draft: Draft,
    _manifest: &'run RunManifest,
}

impl<'run> Page<'run> {
    pub(crate) fn begin(run: &Path, manifest: &'run RunManifest, _options: &Options) -> Result<Self, Error> {
        Ok(Self {
            draft: Draft::create(run.join("report.html"))?,
            _manifest: manifest,
        })
    }
    pub(crate) fn add(&mut self, _scenario: &ScenarioRecord, _trace: &Trace) -> Result<(), Error> {
        self.draft.write(b"")
    }
    pub(crate) fn finish(self) -> Result<PathBuf, Error> {
        self.draft.finish()
    }
}
