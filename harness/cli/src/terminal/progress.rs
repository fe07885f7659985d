//! Progress: a bar on a terminal, plain lines elsewhere.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use journal::run::{ScenarioRecord, Verdict};
use owo_colors::OwoColorize;
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
    let mut text = format!("{word} {} {}{repeat}", record.id, record.engine.dimmed());
    if record.verdict != Verdict::Skipped {
        text.push_str(&format!(
            " {}",
            format!("{:.1} s", record.duration_ms as f64 / 1000.0).dimmed()
        ));
    }
    if let Some(reason) = &record.reason {
        text.push_str(&format!("\n        {reason}"));
    }
    for finding in &record.findings {
        let place = finding
            .location
            .as_ref()
            .map(|place| format!("{place}: "))
            .unwrap_or_default();
        text.push_str(&format!(
            "\n        {place}{} {}\n          expected {}\n          actual   {}",
            finding.rule.bold(),
            finding.title,
            finding.expected,
            finding.actual
        ));
    }
    text
}
