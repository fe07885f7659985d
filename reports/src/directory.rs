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
