//! Finding and reading files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::place::Source;
use crate::yaml::{Node, parse};
use crate::{Diagnostic, Location};

/// The YAML files of a catalogue.
pub(super) struct Files;

impl Files {
    /// Every `*.yaml` below a folder of the catalogue, in order; none where the folder does not exist.
    pub(super) fn of(root: &Path, folder: &str, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let folder = root.join(folder);
        if folder.exists() {
            walk(&folder, 0, &mut found, problems);
        }
        found.sort();
        found
    }

    /// Reads a file into a tree.
    pub(super) fn tree(path: &Path) -> Result<Node, Vec<Diagnostic>> {
        let bytes = fs::read(path).map_err(|error| {
            vec![Diagnostic::at(
                shown(path, 0),
                format!("this file cannot be read: {error}"),
            )]
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..valid]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count() as u64
                + 1;
            vec![Diagnostic::at(shown(path, line), "this file is no UTF-8 text")]
        })?;
        parse(&Arc::new(Source {
            file: shown(path, 0).file,
            text,
        }))
    }
}

fn walk(folder: &Path, depth: u8, found: &mut Vec<PathBuf>, problems: &mut Vec<Diagnostic>) {
    /// Areas are one level; this only ends a circle of links.
    const DEEPEST: u8 = 8;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(Diagnostic::at(
                shown(folder, 0),
                format!("this folder cannot be read: {error}"),
            ));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden {
            continue;
        }
        if path.is_dir() {
            if depth < DEEPEST {
                walk(&path, depth + 1, found, problems);
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            problems
                .push(Diagnostic::at(shown(&path, 0), "this file is not looked at").help("name it `.yaml`"));
        }
    }
}

/// A path as it is shown: relative to the current folder where it lies below it.
pub(super) fn shown(path: &Path, line: u64) -> Location {
    let relative = std::env::current_dir()
        .ok()
        .and_then(|current| path.strip_prefix(&current).map(Path::to_owned).ok());
    let path = relative.as_deref().unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    Location {
        file: path.to_owned(),
        line,
        column: 0,
    }
}

/// `area/name` of a file below a folder of the catalogue.
pub(super) fn id_of(root: &Path, folder: &str, path: &Path) -> Option<(String, String)> {
    let relative = path.strip_prefix(root.join(folder)).ok()?.with_extension("");
    let mut words = relative.components().map(|part| part.as_os_str().to_str());
    match (words.next(), words.next(), words.next()) {
        (Some(Some(area)), Some(Some(name)), None) if is_word(area) && is_word(name) => {
            Some((area.to_owned(), format!("{area}/{name}")))
        }
        _ => None,
    }
}

/// Whether a name is fit for ids, files and shells alike.
pub(super) fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'))
        && !name.starts_with(['-', '.'])
}
