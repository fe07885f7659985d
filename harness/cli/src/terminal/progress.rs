//! Progress: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use journal::run::{ScenarioRecord, Verdict};
use owo_colors::OwoColorize;
use reports::plain;
use runner::{Progress, Update};

/// Shows a run's progress on standard error, so that standard output holds results only.
pub(crate) struct Terminal {
    bar: Option<ProgressBar>,
}

/// A bar where someone watches, lines where a log is kept.
pub(crate) fn progress() -> Arc<Terminal> {
    let watched = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
    Arc::new(Terminal {
        bar: watched.then(|| ProgressBar::new(0)),
    })
}

impl Terminal {
    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| anstream::eprintln!("{line}")),
            None => anstream::eprintln!("{line}"),
        }
    }
}

impl Progress for Terminal {
    fn update(&self, update: &Update<'_>) {
        match update {
            Update::Planned { total } => {
                if let Some(bar) = &self.bar {
                    bar.set_length(*total as u64);
                    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
                        bar.set_style(style);
                    }
                    bar.enable_steady_tick(Duration::from_millis(120));
                }
            }
            Update::BrowserStarting { engine } => {
                if let Some(bar) = &self.bar {
                    bar.set_message(format!("starting {engine}"));
                }
            }
            Update::Began { id, engine, attempt } => {
                if let Some(bar) = &self.bar {
                    let again = if *attempt > 1 {
                        format!(" (attempt {attempt})")
                    } else {
                        String::new()
                    };
                    bar.set_message(format!("{id} {engine}{again}"));
                }
            }
            Update::Ended { record } => {
                self.say(&line(record));
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
            }
        }
    }
}

/// Column of what is said of a scenario run below its line.
const INDENT: usize = 8;

/// One line a scenario run, and one more for each finding.
fn line(record: &ScenarioRecord) -> String {
    let word = match record.verdict {
        Verdict::Passed => "passed ".green().to_string(),
        Verdict::Failed => "failed ".red().bold().to_string(),
        Verdict::Broken => "broken ".yellow().bold().to_string(),
        Verdict::Skipped => "skipped".dimmed().to_string(),
        Verdict::Flaky => "flaky  ".yellow().to_string(),
    };
    let repeat = if record.repeat > 1 {
        format!(" #{}", record.repeat)
    } else {
        String::new()
    };
    let mut text = format!(
        "{word} {} {}{repeat}",
        plain(&record.id, INDENT),
        record.engine.dimmed()
    );
    if record.verdict != Verdict::Skipped {
        text.push_str(&format!(
            " {}",
            format!("{:.1} s", record.duration_ms as f64 / 1000.0).dimmed()
        ));
    }
    if let Some(reason) = &record.reason {
        // The word keeps a reason from beginning a line, where a workflow would obey it.
        text.push_str(&format!("\n{:INDENT$}because {}", "", plain(reason, INDENT + 8)));
    }
    for finding in &record.findings {
        let place = finding
            .location
            .as_ref()
            .map(|place| format!("{place}: "))
            .unwrap_or_default();
        let told = |text: &String| plain(text, INDENT + 11);
        text.push_str(&format!(
            "\n{:INDENT$}{place}{} {}\n{:INDENT$}  expected {}\n{:INDENT$}  actual   {}",
            "",
            finding.rule.bold(),
            told(&finding.title),
            "",
            told(&finding.expected),
            "",
            told(&finding.actual)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use journal::{Finding, Location};

    use super::*;

    #[test]
    fn what_a_page_says_begins_no_line_and_commands_no_terminal() {
        let hostile = "::stop-commands::x\n::error::y\n\u{1b}[2J".to_owned();
        let record = ScenarioRecord {
            id: "demo/one".to_owned(),
            title: "A demo".to_owned(),
            engine: "chromium".to_owned(),
            repeat: 1,
            verdict: Verdict::Failed,
            attempts: 1,
            duration_ms: 0,
            phases_ms: BTreeMap::new(),
            covers: Vec::new(),
            location: Location {
                file: "one.yaml".to_owned(),
                line: 1,
                column: 1,
            },
            again: None,
            reason: Some(hostile.clone()),
            findings: vec![Finding {
                rule: "ALL-02".to_owned(),
                title: hostile.clone(),
                expected: hostile.clone(),
                actual: hostile,
                evidence: Vec::new(),
                location: None,
            }],
            folder: None,
            earlier: Vec::new(),
        };
        let text = anstream::adapter::strip_str(&line(&record)).to_string();
        assert_eq!(text.matches("stop-commands").count(), 4, "{text}");
        assert!(text.contains("because ::stop-commands"), "{text}");
        for line in text.lines() {
            assert!(!line.trim_start().starts_with("::"), "{text}");
        }
        assert_eq!(line(&record).matches("\u{1b}[2J").count(), 0, "{text}");
    }
}
