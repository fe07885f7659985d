//! Run directories as the program leaves them.

use std::path::{Path, PathBuf};

use journal::run::{RunManifest, ScenarioRecord, Verdict};

/// Every run directory below an output folder.
pub(crate) fn all(output: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(output.join("runs"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// The only run directory below an output folder.
pub(crate) fn only(output: &Path) -> PathBuf {
    let found = all(output);
    assert_eq!(
        found.len(),
        1,
        "one run directory in {}: {found:?}",
        output.display()
    );
    found[0].clone()
}

/// The manifest of the only run.
pub(crate) fn manifest(output: &Path) -> RunManifest {
    RunManifest::read(&only(output)).expect("a manifest")
}

/// Every file below a folder, links left out.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let kind = entry.file_type().expect("a type");
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

/// Everything directly in a folder.
pub(crate) fn files_and_folders(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect()
}

/// What is not as it should be, in words: every record that is neither passed nor skipped.
pub(crate) fn red(manifest: &RunManifest) -> String {
    let lines: Vec<String> = manifest
        .scenarios
        .iter()
        .filter(|record| !matches!(record.verdict, Verdict::Passed | Verdict::Skipped))
        .map(in_words)
        .collect();
    lines.join("\n")
}

fn in_words(record: &ScenarioRecord) -> String {
    let mut text = format!("{} {}: {:?}", record.id, record.engine, record.verdict);
    if let Some(reason) = &record.reason {
        text.push_str(&format!(" ({reason})"));
    }
    for finding in &record.findings {
        text.push_str(&format!(
            "\n  {}: {}\n    expected {}\n    actual   {}",
            finding.rule, finding.title, finding.expected, finding.actual
        ));
    }
    text
}
