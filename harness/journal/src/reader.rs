//! Reading a journal back.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use crate::{Error, Event};

/// Reads `events.jsonl`.
///
/// # Errors
/// The file cannot be read, or a line is no event; the error names the line.
pub fn read(path: &Path) -> Result<Vec<Event>, Error> {
    let file = File::open(path).map_err(|source| Error::File {
        attempt: "read",
        path: path.to_owned(),
        source,
    })?;
    let mut events = Vec::new();
    for (index, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|source| Error::File {
            attempt: "read",
            path: path.to_owned(),
            source,
        })?;
        if line.is_empty() {
            continue;
        }
        events.push(serde_json::from_str(&line).map_err(|error| Error::Line {
            path: path.to_owned(),
            line: index + 1,
            reason: error.to_string(),
        })?);
    }
    Ok(events)
}
