//! JUnit XML: one suite per area and engine, one test case per scenario.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use journal::run::{EarlierAttempt, RunManifest, ScenarioRecord, Verdict};
use journal::{Finding, Location};
use quick_junit::{
    NonSuccessKind, NonSuccessReruns, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite,
};

use crate::Error;

/// The run as JUnit XML.
///
/// A broken promise is a `failure`, a fault of harness or browser an `error`; what a retry replaced is a
/// `flakyFailure` or `flakyError` under a case that passed in the end, else a rerun.
///
/// # Errors
/// The document cannot be serialised.
pub fn junit(manifest: &RunManifest) -> Result<String, Error> {
    let mut suites: BTreeMap<(usize, usize), (String, Vec<&ScenarioRecord>)> = BTreeMap::new();
    let mut areas: Vec<&str> = Vec::new();
    let mut engines: Vec<&str> = Vec::new();
    for scenario in &manifest.scenarios {
        let area = area_of(&scenario.id);
        let key = (
            position(&mut areas, area),
            position(&mut engines, &scenario.engine),
        );
        suites
            .entry(key)
            .or_insert_with(|| (format!("{area} ({})", scenario.engine), Vec::new()))
            .1
            .push(scenario);
    }
    let mut report = Report::new(clean(&format!("rehearse {}", manifest.id)));
    report.set_time(Duration::from_millis(manifest.duration_ms));
    for (name, scenarios) in suites.into_values() {
        report.add_test_suite(suite(manifest, &name, &scenarios));
    }
    Ok(report.to_string()?)
}

/// The first part of a scenario's id.
pub(crate) fn area_of(id: &str) -> &str {
    id.split_once('/').map_or("other", |(area, _)| area)
}

fn position<'id>(known: &mut Vec<&'id str>, name: &'id str) -> usize {
    known.iter().position(|other| *other == name).unwrap_or_else(|| {
        known.push(name);
        known.len() - 1
    })
}

fn suite(manifest: &RunManifest, name: &str, scenarios: &[&ScenarioRecord]) -> TestSuite {
    let mut suite = TestSuite::new(clean(name));
    let total = scenarios.iter().map(|scenario| scenario.duration_ms).sum();
    suite.set_time(Duration::from_millis(total));
    if let Some(began) = crate::har::iso8601_ms(manifest.began_ms) {
        suite.extra.insert("timestamp".into(), began.into());
    }
    suite.add_property(Property::new("run", clean(&manifest.id)));
    suite.add_property(Property::new("seed", manifest.seed.to_string()));
    suite.add_property(Property::new("harness", clean(&manifest.harness)));
    let engine = scenarios.first().map_or("", |scenario| scenario.engine.as_str());
    if let Some(engine) = manifest.engines.iter().find(|record| record.name == engine) {
        suite.add_property(Property::new(
            "browser",
            clean(&format!("{} {}", engine.name, engine.version)),
        ));
    }
    for scenario in scenarios {
        suite.add_test_case(case(manifest, scenario));
    }
    suite
}

fn case(manifest: &RunManifest, scenario: &ScenarioRecord) -> TestCase {
    let name = if scenario.repeat > 1 {
        format!("{} (repeat {})", scenario.id, scenario.repeat)
    } else {
        scenario.id.clone()
    };
    let mut case = TestCase::new(clean(&name), status(scenario));
    case.set_classname(clean(&format!("{}.{}", area_of(&scenario.id), scenario.engine)));
    case.set_time(Duration::from_millis(scenario.duration_ms));
    let place = scenario
        .findings
        .iter()
        .find_map(|finding| finding.location.as_ref())
        .unwrap_or(&scenario.location);
    case.extra.insert("file".into(), clean(&place.file).into());
    case.extra.insert("line".into(), place.line.to_string().into());
    case.add_property(Property::new("title", clean(&scenario.title)));
    case.add_property(Property::new("seed", manifest.seed.to_string()));
    for requirement in &scenario.covers {
        case.add_property(Property::new("covers", clean(requirement)));
    }
    if let Some(folder) = &scenario.folder {
        case.add_property(Property::new("folder", clean(folder)));
    }
    case
}

fn status(scenario: &ScenarioRecord) -> TestCaseStatus {
    match scenario.verdict {
        Verdict::Passed | Verdict::Flaky => {
            // A broken run is played again without being asked; a failed one only where retries were asked
            // for, and then its pass is called flaky.
            TestCaseStatus::Success {
                flaky_runs: reruns(scenario),
            }
        }
        Verdict::Failed => {
            let message = match scenario.findings.as_slice() {
                [] => scenario
                    .reason
                    .clone()
                    .unwrap_or_else(|| "no finding was recorded".to_owned()),
                [only] => only.title.clone(),
                [first, rest @ ..] => format!("{} (and {} more)", first.title, rest.len()),
            };
            let rule = scenario
                .findings
                .first()
                .map_or("expect", |finding| finding.rule.as_str());
            not_passed(
                scenario,
                NonSuccessKind::Failure,
                &message,
                rule,
                &findings_text(scenario),
            )
        }
        Verdict::Broken => {
            let reason = scenario.reason.as_deref().unwrap_or("no reason was recorded");
            let first = reason.lines().next().unwrap_or_default();
            let text = format!("{reason}\n{}", findings_text(scenario));
            not_passed(scenario, NonSuccessKind::Error, first, "broken", &text)
        }
        Verdict::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(clean(
                scenario.reason.as_deref().unwrap_or("no reason was recorded"),
            ));
            status
        }
    }
}

fn not_passed(
    scenario: &ScenarioRecord,
    kind: NonSuccessKind,
    message: &str,
    rule: &str,
    text: &str,
) -> TestCaseStatus {
    TestCaseStatus::NonSuccess {
        kind,
        message: Some(clean(message).into()),
        ty: Some(clean(rule).into()),
        description: Some(clean(text.trim()).into()),
        reruns: NonSuccessReruns {
            runs: reruns(scenario),
            ..NonSuccessReruns::default()
        },
    }
}

fn reruns(scenario: &ScenarioRecord) -> Vec<TestRerun> {
    scenario
        .earlier
        .iter()
        .map(
            |EarlierAttempt {
                 verdict,
                 reason,
                 folder,
             }| {
                let mut rerun = TestRerun::new(match verdict {
                    Verdict::Broken => NonSuccessKind::Error,
                    _ => NonSuccessKind::Failure,
                });
                rerun.set_message(clean(reason.lines().next().unwrap_or_default()));
                rerun.set_type("earlier attempt");
                let files = folder.as_ref().map(|folder| format!("\n  files: {folder}"));
                rerun.set_description(clean(&format!("{reason}{}", files.unwrap_or_default())));
                rerun
            },
        )
        .collect()
}

fn findings_text(scenario: &ScenarioRecord) -> String {
    let mut text = String::new();
    for finding in &scenario.findings {
        text.push_str(&finding_text(finding, &scenario.location));
        text.push('\n');
    }
    text
}

fn finding_text(finding: &Finding, fallback: &Location) -> String {
    let place = finding.location.as_ref().unwrap_or(fallback);
    let mut text = format!("{}: {}\n  at {place}\n", finding.rule, finding.title);
    // Writing into a String cannot fail.
    let _ = writeln!(text, "  expected: {}", finding.expected);
    let _ = writeln!(text, "  actual:   {}", finding.actual);
    if !finding.evidence.is_empty() {
        let events: Vec<String> = finding.evidence.iter().map(|seq| format!("#{seq}")).collect();
        let _ = writeln!(text, "  events:   {}", events.join(", "));
    }
    text
}

/// Drops what XML 1.0 cannot hold and quick-junit leaves in: it strips control characters, not these two.
fn clean(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}', '\u{7f}'], "")
}
