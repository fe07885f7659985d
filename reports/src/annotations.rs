//! Workflow commands that GitHub shows beside the lines of a pull request.
//!
//! Syntax: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>. GitHub shows ten
//! errors and ten warnings a step, so what matters most comes first.

use std::fmt::Write as _;

use journal::run::{RunManifest, ScenarioRecord, Verdict};
use journal::{Finding, Location};

use crate::harmless;

/// One `::error` a finding and a broken scenario, one `::warning` a flaky one; nothing for a green run.
///
/// Broken promises come before harness faults, and those before flakiness.
#[must_use]
pub fn github_annotations(manifest: &RunManifest) -> String {
    let mut commands = String::new();
    for scenario in with(manifest, Verdict::Failed) {
        for finding in &scenario.findings {
            let place = finding.location.as_ref().unwrap_or(&scenario.location);
            push(
                &mut commands,
                "error",
                place,
                &finding.title,
                &failure(scenario, finding),
            );
        }
        if scenario.findings.is_empty() {
            let reason = scenario.reason.as_deref().unwrap_or("no finding was recorded");
            push(
                &mut commands,
                "error",
                &scenario.location,
                &scenario.title,
                &told(scenario, reason),
            );
        }
    }
    for scenario in with(manifest, Verdict::Broken) {
        let reason = scenario.reason.as_deref().unwrap_or("no reason was recorded");
        let title = format!("Broken, not failed: {}", scenario.title);
        push(
            &mut commands,
            "error",
            &scenario.location,
            &title,
            &told(scenario, reason),
        );
    }
    for scenario in with(manifest, Verdict::Flaky) {
        let earlier: Vec<&str> = scenario
            .earlier
            .iter()
            .map(|attempt| attempt.reason.as_str())
            .collect();
        let reason = format!(
            "passed at attempt {} after:\n{}",
            scenario.attempts,
            earlier.join("\n")
        );
        let title = format!("Flaky: {}", scenario.title);
        push(
            &mut commands,
            "warning",
            &scenario.location,
            &title,
            &told(scenario, &reason),
        );
    }
    commands
}

fn with(manifest: &RunManifest, verdict: Verdict) -> impl Iterator<Item = &ScenarioRecord> {
    manifest
        .scenarios
        .iter()
        .filter(move |scenario| scenario.verdict == verdict)
}

fn failure(scenario: &ScenarioRecord, finding: &Finding) -> String {
    told(
        scenario,
        &format!(
            "{}: expected {}\nactual {}",
            finding.rule, finding.expected, finding.actual
        ),
    )
}

fn told(scenario: &ScenarioRecord, what: &str) -> String {
    format!("{} ({})\n{what}", scenario.id, scenario.engine)
}

fn push(commands: &mut String, level: &str, place: &Location, title: &str, message: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(
        commands,
        "::{level} file={},line={},col={},title={}::{}",
        property(&place.file),
        place.line.max(1),
        place.column.max(1),
        property(title),
        data(message)
    );
}

/// Escapes a command's message.
fn data(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' => escaped.push_str("%25"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            // Control characters would reach a terminal that shows the log.
            other => escaped.push(harmless(other)),
        }
    }
    escaped
}

/// Escapes a command's property, where `:` and `,` are syntax as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
