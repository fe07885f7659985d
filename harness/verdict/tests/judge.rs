//! A whole run judged: what each step of the scenario asked for, up to the point where it asked.

mod transcript;

use journal::Finding;
use journal::fact::StepOutcome;
use scenarios::{Catalogue, Play};
use serde_json::json;
use transcript::{APP, CRM, EMAIL, Transcript};

fn play(steps: &str) -> Play {
    let folder = tempfile::tempdir().expect("a folder");
    let area = folder.path().join("catalogue/demo");
    std::fs::create_dir_all(&area).expect("a folder");
    let text = format!("title: A demo\ncovers: [X]\nworld: demo\nsteps:\n{steps}");
    std::fs::write(area.join("one.yaml"), text).expect("a file");
    let catalogue = Catalogue::load(folder.path()).unwrap_or_else(|problems| panic!("{}", problems[0]));
    catalogue.cases()[0]
        .instantiate(&|_| None, &[])
        .expect("nothing to replace")
}

fn judged(run: &Transcript, play: &Play) -> Vec<Finding> {
    verdict::judge(&run.events(), play, &run.context(&json!([]), false))
}

/// Rule, line and what was.
fn told(run: &Transcript, play: &Play) -> Vec<String> {
    judged(run, play)
        .iter()
        .map(|finding| {
            let line = finding.location.as_ref().map_or(0, |place| place.line);
            format!(
                "{} {line}: {} | {}",
                finding.rule, finding.expected, finding.actual
            )
        })
        .collect()
}

#[test]
fn an_expectation_looks_at_what_was_before_it() {
    let play = play(
        "  - reload\n  - expect:\n      - request: { to: crm, count: 1 }\n      - request: { to: app, count: 0 }\n  - back\n",
    );
    let mut run = Transcript::new();
    run.exchange("GET", "https://crm.example/a", 200);
    run.step(0, StepOutcome::Done);
    run.step(1, StepOutcome::Done);
    run.exchange("GET", "https://crm.example/b", 200);
    run.exchange("GET", "https://app.example/b", 200);
    run.step(2, StepOutcome::Done);
    assert_eq!(told(&run, &play), Vec::<String>::new());
}

#[test]
fn every_broken_expectation_is_a_finding_at_its_line() {
    let play = play(
        "  - expect:\n      - request: { to: crm, count: 1 }\n      - request: { to: app, count: 0 }\n      - title: Here\n",
    );
    let mut run = Transcript::new();
    run.exchange("GET", "https://app.example/b", 200);
    run.observed("steps[0].expect[2]", json!({ "title": "There" }));
    run.step(0, StepOutcome::Done);
    assert_eq!(
        told(&run, &play),
        [
            "expect 6: exactly 1 request of any method to any path to crm | none at all",
            "expect 7: no request of any method to any path to app | 1 of them",
            "expect 8: the title \"Here\" | the title \"There\"",
        ]
    );
    assert_eq!(judged(&run, &play)[1].evidence, [1]);
    assert_eq!(judged(&run, &play)[2].evidence, [3], "the observation");
}

#[test]
fn the_last_look_before_the_end_of_the_step_counts() {
    let play = play(
        "  - expect:\n      - url: /a\n  - expect:\n      - page: { element: { role: alert }, count: 0 }\n",
    );
    let run = Transcript::new();
    run.observed("steps[0].expect[0]", json!({ "url": "/loading" }));
    run.observed("steps[0].expect[0]", json!({ "url": "/a" }));
    run.step(0, StepOutcome::Done);
    run.observed("steps[0].expect[0]", json!({ "url": "/late" }));
    run.observed("steps[1].expect[0]", json!({ "elements": [] }));
    run.step(1, StepOutcome::Done);
    assert_eq!(told(&run, &play), Vec::<String>::new());
}

#[test]
fn what_was_never_looked_at_does_not_pass_for_absent() {
    let play = play(
        "  - expect:\n      - page: { element: { role: alert }, count: 0 }\n      - accessibility: {}\n",
    );
    let run = Transcript::new();
    run.step(0, StepOutcome::Done);
    assert_eq!(
        told(&run, &play),
        [
            "expect 6: something the page shows | the page was never looked at",
            "expect 7: something the page shows | the page was never looked at",
        ]
    );
}

#[test]
fn telemetry_is_judged_over_the_whole_run() {
    let play = play(
        "  - expect:\n      - telemetry: { sink: mixpanel, event: opened, count: 1 }\n      - telemetry: { sink: mixpanel, event: closed, count: 0 }\n  - back\n",
    );
    let run = Transcript::new();
    run.step(0, StepOutcome::Done);
    run.step(1, StepOutcome::Done);
    let context = run.context(&json!([]), false);
    assert_eq!(verdict::pending_at_the_end(&run.events(), &play, &context), 1);
    run.telemetry("mixpanel", "opened", "opened", "i1", json!({}));
    assert_eq!(verdict::pending_at_the_end(&run.events(), &play, &context), 0);
    assert_eq!(told(&run, &play), Vec::<String>::new());
    run.telemetry("mixpanel", "closed", "closed", "i2", json!({}));
    assert_eq!(
        told(&run, &play),
        ["expect 7: no mixpanel event closed | 1 of them"]
    );
}

#[test]
fn a_step_the_page_did_not_let_happen_is_a_finding_and_ends_the_judgement_of_steps() {
    let play = play("  - click: { role: button, name: Add }\n  - expect:\n      - request: { to: crm }\n");
    let run = Transcript::new();
    run.step(
        0,
        StepOutcome::Blocked("button \"Add\" never came; last seen: nothing".to_owned()),
    );
    assert_eq!(
        told(&run, &play),
        ["step 5: click button \"Add\" | button \"Add\" never came; last seen: nothing"]
    );
}

#[test]
fn findings_hold_nothing_that_is_watched_for() {
    let play = play(&format!(
        "  - expect:\n      - request: {{ query: {{ mail: {EMAIL} }} }}\n      - page: {{ element: {{ text: {EMAIL} }} }}\n  - click: {{ role: button, name: {EMAIL} }}\n"
    ));
    let run = Transcript::new();
    run.observed("steps[0].expect[1]", json!({ "elements": [] }));
    run.step(0, StepOutcome::Done);
    run.step(1, StepOutcome::Blocked(format!("{EMAIL} never came")));
    let findings = judged(&run, &play);
    assert_eq!(findings.len(), 3);
    let text = serde_json::to_string(&findings).expect("JSON");
    assert!(!text.contains(EMAIL), "{text}");
    assert_eq!(text.matches("‹contact_email~").count(), 7);
}

#[test]
fn what_is_tolerated_may_be_named_by_what_is_watched_for() {
    let tolerating = |mail: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let area = folder.path().join("catalogue/demo");
        std::fs::create_dir_all(&area).expect("a folder");
        let text = format!(
            "title: A demo\ncovers: [X]\nworld: demo\ntolerate:\n  - {{ rule: ALL-02, containing: {mail}, because: It is. }}\nsteps:\n  - mark: end\n"
        );
        std::fs::write(area.join("one.yaml"), text).expect("a file");
        let catalogue = Catalogue::load(folder.path()).unwrap_or_else(|problems| panic!("{}", problems[0]));
        catalogue.cases()[0]
            .instantiate(&|_| None, &[])
            .expect("nothing to replace")
    };
    let run = Transcript::new();
    run.console("error", &format!("no mail to {EMAIL}"));
    run.step(0, StepOutcome::Done);
    let rules = judged(&run, &tolerating(EMAIL))
        .into_iter()
        .map(|finding| finding.rule);
    assert!(rules.eq(["ALL-03"]), "the error is tolerated, the leak is not");
    // Nothing is told of it in clear, where it is missing.
    let silent = Transcript::new();
    silent.step(0, StepOutcome::Done);
    let findings = judged(&silent, &tolerating(EMAIL));
    let text = serde_json::to_string(&findings).expect("JSON");
    assert!(findings.len() == 1 && !text.contains(EMAIL), "{text}");
}

#[test]
fn marks_divide_the_run() {
    let play = play(
        "  - mark: here\n  - expect:\n      - request: { to: crm, since: here, count: 1 }\n      - message: { from: crm, since: here, count: 0 }\n",
    );
    let mut run = Transcript::new();
    run.exchange("GET", "https://crm.example/a", 200);
    run.message(CRM, APP, APP, &json!({ "version": 1, "type": "READY" }), true);
    run.mark("here");
    run.step(0, StepOutcome::Done);
    run.exchange("GET", "https://crm.example/b", 200);
    run.step(1, StepOutcome::Done);
    assert_eq!(told(&run, &play), Vec::<String>::new());
}

/// What came between the runner's decision and the end of the step does not turn it over: the run ended by it.
#[test]
fn an_expectation_is_judged_by_what_the_runner_decided_on() {
    let play = play("  - expect:\n      - request: { to: crm, count: 1 }\n  - reload\n");
    let mut run = Transcript::new();
    let decided_at = run.exchange("GET", "https://app.example/a", 200);
    run.exchange("GET", "https://crm.example/late", 200);
    run.decided_step(0, decided_at);
    let told = told(&run, &play);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("expect 6:"), "{told:?}");
}

#[test]
fn steps_that_nobody_played_do_not_pass() {
    let play = play("  - reload\n  - back\n  - reload\n");
    let run = Transcript::new();
    run.step(0, StepOutcome::Done);
    let findings = judged(&run, &play);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        (findings[0].rule.as_str(), findings[0].expected.as_str()),
        ("step", "go back")
    );
}

#[test]
fn a_run_that_ended_early_is_judged_as_far_as_it_went() {
    let play = play("  - reload\n  - expect:\n      - request: { to: crm }\n");
    let run = Transcript::new();
    run.page_error("boom", false);
    run.step(0, StepOutcome::Done);
    let findings = judged(&run, &play);
    let rules: Vec<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["step", "ALL-02"]);
}
