//! Writing reports into a run directory: each file whole or not at all, one journal in memory at a time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use journal::run::{RunManifest, ScenarioRecord};

use crate::directory::{Trace, folder, trace};
use crate::html::Page;
use crate::{Error, har, junit};

/// What a report may contain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Text of a body or message that `report.html` keeps, in bytes; the rest is in `events.jsonl`.
    pub body_limit: usize,
    /// Where `report.html` has its screenshots.
    pub screenshots: Screenshots,
    /// Folder of earlier runs, to be shown as history; none leaves it out, so that the report follows from
    /// the run directory alone.
    pub history: Option<PathBuf>,
}

/// Where `report.html` has its screenshots: all of a run's in the file, or all beside it, so that nobody takes a part for
/// the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screenshots {
    /// In the file, as long as they take no more than this many bytes together; else beside it.
    UpTo(u64),
    /// In the file, whatever they take.
    Inside,
    /// Beside the file, which then shows no pixel once it is moved: pixels cannot be redacted.
    Beside,
}

impl Screenshots {
    /// A report of this much opens at once and still goes through most mail servers.
    pub const USUAL_LIMIT: u64 = 16 * 1024 * 1024;
}

impl Default for Screenshots {
    fn default() -> Self {
        Self::UpTo(Self::USUAL_LIMIT)
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            body_limit: 4096,
            screenshots: Screenshots::default(),
            history: None,
        }
    }
}

/// What was written, and what was odd.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The files, in the order they were written.
    pub paths: Vec<PathBuf>,
    /// What was missing or cut in the run directory: `scenario (engine): note`.
    pub notes: Vec<String>,
}

/// Writes `report.html`, `junit.xml` and each scenario's `trace.har` into a run directory.
///
/// # Errors
/// The manifest cannot be read, or a file cannot be written. A journal that is missing or cut is no error but
/// a note.
pub fn write_all(run_directory: &Path, options: &Options) -> Result<Written, Error> {
    let manifest = RunManifest::read(run_directory)?;
    let mut written = Written::default();
    written.paths.push(write_junit_of(run_directory, &manifest)?);
    let mut page = Page::begin(run_directory, &manifest, options)?;
    for scenario in &manifest.scenarios {
        let trace = trace(run_directory, scenario);
        written.note(scenario, &trace);
        written
            .paths
            .extend(write_har_of(run_directory, &manifest, scenario, &trace)?);
        page.add(scenario, &trace)?;
    }
    written.paths.push(page.finish()?);
    Ok(written)
}

/// Writes `report.html`.
///
/// # Errors
/// As [`write_all`].
pub fn write_html(run_directory: &Path, options: &Options) -> Result<Written, Error> {
    let manifest = RunManifest::read(run_directory)?;
    let mut written = Written::default();
    let mut page = Page::begin(run_directory, &manifest, options)?;
    for scenario in &manifest.scenarios {
        let trace = trace(run_directory, scenario);
        written.note(scenario, &trace);
        page.add(scenario, &trace)?;
    }
    written.paths.push(page.finish()?);
    Ok(written)
}

/// Writes `junit.xml`.
///
/// # Errors
/// As [`write_all`].
pub fn write_junit(run_directory: &Path) -> Result<Written, Error> {
    let manifest = RunManifest::read(run_directory)?;
    Ok(Written {
        paths: vec![write_junit_of(run_directory, &manifest)?],
        notes: Vec::new(),
    })
}

/// Writes each scenario's `trace.har`.
///
/// # Errors
/// As [`write_all`].
pub fn write_har(run_directory: &Path) -> Result<Written, Error> {
    let manifest = RunManifest::read(run_directory)?;
    let mut written = Written::default();
    for scenario in &manifest.scenarios {
        let trace = trace(run_directory, scenario);
        written.note(scenario, &trace);
        written
            .paths
            .extend(write_har_of(run_directory, &manifest, scenario, &trace)?);
    }
    Ok(written)
}

impl Written {
    fn note(&mut self, scenario: &ScenarioRecord, trace: &Trace) {
        self.notes.extend(
            trace
                .notes
                .iter()
                .map(|note| format!("{} ({}): {note}", scenario.id, scenario.engine)),
        );
    }
}

fn write_junit_of(run: &Path, manifest: &RunManifest) -> Result<PathBuf, Error> {
    let mut draft = Draft::create(run.join("junit.xml"))?;
    draft.write(junit(manifest)?.as_bytes())?;
    draft.finish()
}

fn write_har_of(
    run: &Path,
    manifest: &RunManifest,
    scenario: &ScenarioRecord,
    trace: &Trace,
) -> Result<Option<PathBuf>, Error> {
    let Some(folder) = folder(run, scenario) else {
        return Ok(None);
    };
    let mut draft = Draft::create(folder.join("trace.har"))?;
    draft.write(har(manifest, scenario, &trace.events)?.as_bytes())?;
    draft.finish().map(Some)
}

/// A file under a provisional name, until it is complete.
pub(crate) struct Draft {
    path: PathBuf,
    draft: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl Draft {
    /// Begins a file.
    pub(crate) fn create(path: PathBuf) -> Result<Self, Error> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".draft");
        let draft = path.with_file_name(name);
        match File::create(&draft) {
            Ok(file) => Ok(Self {
                path,
                draft,
                writer: Some(BufWriter::new(file)),
            }),
            Err(source) => Err(Error::File {
                attempt: "create",
                path: draft,
                source,
            }),
        }
    }

    /// Appends to it.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let outcome = self
            .writer
            .as_mut()
            .map_or(Ok(()), |writer| writer.write_all(bytes));
        outcome.map_err(|source| self.failed("write", source))
    }

    /// Puts it in place.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Error> {
        if let Some(mut writer) = self.writer.take() {
            writer.flush().map_err(|source| self.failed("write", source))?;
        }
        std::fs::rename(&self.draft, &self.path).map_err(|source| self.failed("rename", source))?;
        Ok(self.path.clone())
    }

    fn failed(&self, attempt: &'static str, source: std::io::Error) -> Error {
        Error::File {
            attempt,
            path: self.path.clone(),
            source,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After `finish` there is nothing left under this name; an abandoned draft is of no use to anybody.
        let _ = std::fs::remove_file(&self.draft);
    }
}
