//! Synthetic run directories: as real ones look, without a browser.

#![allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "each test file uses its part"
)]

mod call;
mod catalogue;
mod filler;
pub mod page;
mod picture;
mod play;
mod stage;

use std::collections::BTreeMap;
use std::path::Path;

use journal::fact::PhaseName;
use journal::run::{
    EngineRecord, FORMAT_VERSION, RequirementRecord, RunManifest, ScenarioRecord, Summary, Verdict, folder_of,
};
use journal::{Event, Finding, Location, Sequence};

pub use call::Call;
pub use catalogue::catalogue;
pub use play::{Plot, play};
pub use stage::{Stage, body, frame, map};

/// When synthetic runs begin: 2026-11-03T08:30:00Z.
pub const BEGAN_MS: u64 = 1_793_694_600_000;

/// A run in the making.
pub struct Run {
    pub manifest: RunManifest,
    pub journals: Vec<Vec<Event>>,
}

impl Run {
    pub fn new(id: &str) -> Self {
        let engine = |name: &str, version: &str| EngineRecord {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        Self {
            manifest: RunManifest {
                format_version: FORMAT_VERSION,
                id: id.to_owned(),
                seed: 7,
                began_ms: BEGAN_MS,
                duration_ms: 0,
                harness: "0.1.0".to_owned(),
                engines: vec![
                    engine("chromium", "156.0.7710.12"),
                    engine("firefox", "153.3.0esr"),
                ],
                pristine: false,
                interrupted: false,
                served: BTreeMap::new(),
                summary: Summary::default(),
                fidelity: Vec::new(),
                scenarios: Vec::new(),
                requirements: Vec::new(),
            },
            journals: Vec::new(),
        }
    }

    /// Adds a scenario with its journal.
    pub fn add(&mut self, record: ScenarioRecord, journal: Vec<Event>) {
        self.manifest.summary.count(record.verdict);
        self.manifest.duration_ms += record.duration_ms / 2;
        self.manifest.scenarios.push(record);
        self.journals.push(journal);
    }

    /// Writes it all.
    pub fn write(&self, directory: &Path) {
        std::fs::create_dir_all(directory).expect("folder");
        for (record, journal) in self.manifest.scenarios.iter().zip(&self.journals) {
            let Some(folder) = &record.folder else { continue };
            write_journal(&directory.join(folder), journal);
        }
        self.manifest.write(directory).expect("manifest");
    }
}

/// Writes one scenario's folder.
pub fn write_journal(folder: &Path, journal: &[Event]) {
    std::fs::create_dir_all(folder).expect("folder");
    let mut text = String::new();
    for event in journal {
        text.push_str(&serde_json::to_string(event).expect("event"));
        text.push('\n');
        if let journal::Fact::Screenshot(shot) = &event.fact {
            let shade = u8::try_from(shot.step * 23 % 256).unwrap_or(0);
            std::fs::write(folder.join(&shot.file), picture::picture(shade)).expect("screenshot");
        }
    }
    std::fs::write(folder.join("events.jsonl"), text).expect("journal");
}

/// A scenario's record.
pub fn record(id: &str, engine: &str, title: &str, verdict: Verdict) -> ScenarioRecord {
    let area = id.split('/').next().unwrap_or_default();
    let name = id.split(['/', '[']).nth(1).unwrap_or_default();
    let phases = [
        (PhaseName::Prepare, 96.4),
        (PhaseName::Drive, 1480.2),
        (PhaseName::Settle, 212.0),
        (PhaseName::Judge, 6.3),
        (PhaseName::Publish, 11.8),
    ];
    ScenarioRecord {
        id: id.to_owned(),
        title: title.to_owned(),
        engine: engine.to_owned(),
        repeat: 1,
        verdict,
        attempts: 1,
        duration_ms: 1806,
        phases_ms: phases.into_iter().collect(),
        covers: Vec::new(),
        location: Location {
            file: format!("scenarios/{area}/{name}.yaml"),
            line: 1,
            column: 1,
        },
        again: Some(format!("rehearse run '{id}' --engine {engine} --seed 7")),
        reason: None,
        findings: Vec::new(),
        folder: Some(folder_of(id, engine, 1).to_string_lossy().into_owned()),
        earlier: Vec::new(),
    }
}

/// A finding.
pub fn finding(rule: &str, title: &str, expected: &str, actual: &str, evidence: &[Sequence]) -> Finding {
    Finding {
        rule: rule.to_owned(),
        title: title.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        evidence: evidence.to_vec(),
        location: None,
    }
}

/// A requirement.
pub fn requirement(
    id: &str,
    title: &str,
    owner: &str,
    scenarios: &[&str],
    sabotages: &[&str],
) -> RequirementRecord {
    let area = match id.split('-').next().unwrap_or_default() {
        "TCKT" => "ticket",
        "SESS" => "session",
        "SSO" => "sso",
        _ => "all",
    };
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    RequirementRecord {
        id: id.to_owned(),
        title: title.to_owned(),
        area: area.to_owned(),
        owner: owner.to_owned(),
        scenarios: owned(scenarios),
        sabotages: owned(sabotages),
    }
}
