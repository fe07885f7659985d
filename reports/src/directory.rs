//! A run directory as reports read it: forgiving where a journal is missing or cut, strict about paths.

use std::io::{BufRead, BufReader};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use journal::Event;
use journal::run::ScenarioRecord;

/// A scenario's events, and what was wrong with their file.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    /// The events that could be read, in their order.
    pub(crate) events: Vec<Arc<Event>>,
    /// What a reader of the report should know about the file.
    pub(crate) notes: Vec<String>,
}

/// The scenario's folder, when it has one that lies inside the run directory.
///
/// A manifest comes with a directory that somebody hands on, so its paths are not trusted.
pub(crate) fn folder(run: &Path, scenario: &ScenarioRecord) -> Option<PathBuf> {
    let relative = Path::new(scenario.folder.as_deref()?);
    let plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !plain || relative.as_os_str().is_empty() {
        return None;
    }
    let folder = run.join(relative);
    // A link may lead out again.
    let inside = folder.canonicalize().ok()?.starts_with(run.canonicalize().ok()?);
    inside.then_some(folder)
}

/// The media type of a screenshot, by the end of its name.
pub(crate) fn picture_type(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "webp" => Some("image/webp"),
        _ => None,
    }
}

/// How many bytes a screenshot takes; none if it is no file of the directory itself. A link is none: what it leads to
/// may be anything on the reader's machine, and must not get into a report that is handed on.
pub(crate) fn picture_size(path: &Path) -> Option<u64> {
    picture_type(path)?;
    let metadata = path.symlink_metadata().ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// The sizes of all screenshots of a run.
pub(crate) fn picture_sizes(run: &Path, scenarios: &[ScenarioRecord]) -> Vec<u64> {
    scenarios
        .iter()
        .filter_map(|scenario| std::fs::read_dir(folder(run, scenario)?).ok())
        .flat_map(std::iter::Iterator::flatten)
        .filter_map(|entry| picture_size(&entry.path()))
        .collect()
}

/// Reads what can be read of a scenario's journal.
pub(crate) fn trace(run: &Path, scenario: &ScenarioRecord) -> Trace {
    let mut trace = Trace::default();
    let Some(name) = &scenario.folder else {
        return trace;
    };
    let Some(folder) = folder(run, scenario) else {
        trace
            .notes
            .push(format!("The folder `{name}` is not in this run directory."));
        return trace;
    };
    let file = match std::fs::File::open(folder.join("events.jsonl")) {
        Ok(file) => file,
        Err(error) => {
            trace
                .notes
                .push(format!("The journal events.jsonl cannot be read: {error}."));
            return trace;
        }
    };
    read_lines(BufReader::new(file), &mut trace);
    trace
}

fn read_lines(mut reader: impl BufRead, trace: &mut Trace) {
    let mut line = Vec::new();
    let mut number = 0_usize;
    let mut unreadable: Vec<usize> = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                trace.notes.push(format!(
                    "events.jsonl could not be read past line {number}: {error}."
                ));
                break;
            }
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Event>(&line) {
            Ok(event) => trace.events.push(Arc::new(event)),
            Err(_) if line.last() != Some(&b'\n') => {
                trace.notes.push(format!(
                    "events.jsonl ends in the middle of line {number}: the run was cut off there."
                ));
            }
            Err(_) => unreadable.push(number),
        }
    }
    if let Some(first) = unreadable.first() {
        trace.notes.push(format!(
            "{} of {number} lines of events.jsonl are no events this version knows and were left out, the first is line {first}.",
            unreadable.len()
        ));
    }
}
