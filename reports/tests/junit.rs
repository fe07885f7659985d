//! `junit.xml`: failure, error, skipped, flaky and rerun are told apart.

mod synthetic;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};
use synthetic::catalogue;

fn case<'report>(report: &'report Report, suite: &str, name: &str) -> &'report TestCase {
    let suite = report
        .test_suites
        .iter()
        .find(|known| known.name.as_str() == suite)
        .expect("suite");
    suite
        .test_cases
        .iter()
        .find(|case| case.name.as_str() == name)
        .expect("case")
}

fn report() -> Report {
    let xml = reports::junit(&catalogue("run", 20).manifest).expect("junit");
    Report::deserialize_from_str(&xml).expect("read back")
}

#[test]
fn suites_are_areas_and_engines() {
    let report = report();
    let names: Vec<&str> = report
        .test_suites
        .iter()
        .map(|suite| suite.name.as_str())
        .collect();
    assert_eq!(
        names[..4],
        [
            "ticket (chromium)",
            "ticket (firefox)",
            "session (firefox)",
            "operator (firefox)"
        ]
    );
    assert_eq!(
        (report.tests, report.failures, report.errors, report.skipped),
        (21, 3, 2, 1)
    );
    let browser = report.test_suites[0]
        .properties
        .iter()
        .find(|property| property.name.as_str() == "browser");
    assert_eq!(
        browser.expect("property").value.as_str(),
        "chromium 156.0.7710.12"
    );
}

#[test]
fn a_broken_promise_is_a_failure_with_its_findings_and_place() {
    let report = report();
    let case = case(
        &report,
        "ticket (chromium)",
        "ticket/spoofed-ready[sender=attacker]",
    );
    let TestCaseStatus::NonSuccess {
        kind,
        message,
        description,
        ..
    } = &case.status
    else {
        panic!("{:?}", case.status)
    };
    assert_eq!(*kind, NonSuccessKind::Failure);
    let message = message.as_ref().expect("message").as_str();
    assert_eq!(
        message,
        "customer-detail sent a message although nobody it trusts had asked (and 2 more)"
    );
    let text = description.as_ref().expect("text").as_str();
    for part in [
        "expected: message { from: customer-detail, count: 0 }",
        "at scenarios/ticket/spoofed-ready.yaml:17:9",
        "ALL-03: ",
        "events:   #",
    ] {
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
    assert_eq!(case.extra["file"].as_str(), "scenarios/ticket/spoofed-ready.yaml");
    assert_eq!(case.extra["line"].as_str(), "17");
    let property = |name: &str| -> Vec<&str> {
        case.properties
            .iter()
            .filter(|property| property.name.as_str() == name)
            .map(|property| property.value.as_str())
            .collect()
    };
    assert_eq!(property("covers"), ["TCKT-S02/ERR-1", "TCKT-12"]);
    assert_eq!(property("seed"), ["7"]);
}

#[test]
fn a_harness_fault_is_an_error_and_its_first_attempt_a_rerun() {
    let report = report();
    let case = case(&report, "session (firefox)", "session/two-tabs");
    let TestCaseStatus::NonSuccess { kind, reruns, .. } = &case.status else {
        panic!("{:?}", case.status)
    };
    assert_eq!(*kind, NonSuccessKind::Error);
    assert_eq!(reruns.runs.len(), 1);
}

#[test]
fn a_pass_after_a_failure_is_flaky_and_a_skip_has_a_reason() {
    let report = report();
    let flaky = case(
        &report,
        "ticket (chromium)",
        "ticket/association-fails[status=503]",
    );
    let TestCaseStatus::Success { flaky_runs } = &flaky.status else {
        panic!("{:?}", flaky.status)
    };
    assert_eq!(flaky_runs[0].kind, NonSuccessKind::Failure);
    let skipped = case(&report, "operator (firefox)", "operator/passkey");
    let TestCaseStatus::Skipped { message, .. } = &skipped.status else {
        panic!("{:?}", skipped.status)
    };
    assert_eq!(
        message.as_ref().expect("reason").as_str(),
        "firefox has no virtual authenticator"
    );
}
