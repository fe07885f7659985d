//! The same scenario gets the same verdict: again, beside others, and without page instrumentation.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use journal::Finding;
use journal::run::{RunManifest, Verdict};
use support::browsers::Engine;
use support::catalogue::{self, partner};
use support::program::{House, Said};
use support::runs;

/// One that passes, one that fails, one that needs virtual time.
const SCENARIOS: [(&str, &str); 3] = [
    ("demo/passes", PASSES),
    ("demo/fails", FAILS),
    ("demo/needs-time", NEEDS_TIME),
];

const PASSES: &str = "\
title: Ticket creation is offered
covers: [DEMO-01]
world: customer-detail
persona: support-agent
steps:
  - use: sign-in
  - use: show-ticket-form
";

const FAILS: &str = "\
title: A page that breaks two rules, and says a random number
covers: [DEMO-01]
world: customer-detail
stubs:
  - origin: \"https://partner.example\"
    routes:
      - path: /
        headers: { content-type: text/html }
        body: \"<!doctype html><title>Partner</title><h1>Partner</h1><script>console.error('basket ' + Math.random())</script><img src='https://unlisted.example/x.png' alt=''>\"
steps:
  - open: \"https://partner.example/\"
  - expect:
      - page: { element: { role: heading, name: Partner } }
";

const NEEDS_TIME: &str = partner!(
    "The clock is moved",
    "  - advance: 1h\n  - expect:\n      - page: { element: { role: heading, name: Partner } }\n"
);

fn play(arguments: &[&str]) -> (Said, RunManifest) {
    let house = House::new();
    catalogue::lay_out(&house.work(), &SCENARIOS);
    let mut all = vec!["run", "--scenarios", "scenarios", "--screenshots", "off"];
    all.extend(arguments);
    let output = house.output().display().to_string();
    all.extend(["--output", &output]);
    let said = house.run(all);
    let manifest = runs::manifest(&house.output());
    (said, manifest)
}

/// A finding without what may differ between two runs: numbers, and where in the journal its evidence stands.
fn normalised(finding: &Finding) -> String {
    let text = format!(
        "{} | {} | {} | {}",
        finding.rule, finding.title, finding.expected, finding.actual
    );
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if !character.is_ascii_digit() {
            plain.push(character);
        } else if !plain.ends_with('#') {
            plain.push('#');
        }
    }
    plain
}

type Outcome = (Verdict, BTreeSet<String>);

fn outcomes(manifest: &RunManifest) -> BTreeMap<String, Vec<Outcome>> {
    let mut outcomes: BTreeMap<String, Vec<Outcome>> = BTreeMap::new();
    for record in &manifest.scenarios {
        let findings = record.findings.iter().map(normalised).collect();
        outcomes
            .entry(record.id.clone())
            .or_default()
            .push((record.verdict, findings));
    }
    outcomes
}

#[test]
fn when_repeated_beside_each_other() {
    Engine::Chromium.must_be_installed();
    let (said, manifest) = play(&["--repeat", "3", "--workers", "2"]);
    assert_eq!(said.code, Some(1), "{}", said.all());
    let outcomes = outcomes(&manifest);
    assert_eq!(outcomes.len(), SCENARIOS.len());
    for (id, outcomes) in &outcomes {
        assert_eq!(outcomes.len(), 3, "{id}");
        assert!(
            outcomes.iter().all(|outcome| outcome == &outcomes[0]),
            "{id}: {outcomes:#?}"
        );
    }
    let verdicts: Vec<_> = outcomes.values().map(|outcomes| outcomes[0].0).collect();
    assert_eq!(
        verdicts,
        [Verdict::Failed, Verdict::Passed, Verdict::Passed],
        "{}",
        runs::red(&manifest)
    );
    assert!(outcomes["demo/fails"][0].1.len() >= 2, "{}", runs::red(&manifest));
    // Every repeat has a folder of its own.
    let folders: BTreeSet<_> = manifest
        .scenarios
        .iter()
        .filter_map(|record| record.folder.clone())
        .collect();
    assert_eq!(folders.len(), manifest.scenarios.len());
}

#[test]
fn without_page_instrumentation() {
    Engine::Chromium.must_be_installed();
    let (said, pristine) = play(&["--pristine"]);
    assert_eq!(said.code, Some(1), "{}", said.all());
    assert!(pristine.pristine);
    let (_, instrumented) = play(&[]);
    for (one, other) in pristine.scenarios.iter().zip(&instrumented.scenarios) {
        assert_eq!(one.id, other.id);
        if one.id == "demo/needs-time" {
            assert_eq!(one.verdict, Verdict::Skipped);
            let reason = one.reason.as_deref().unwrap_or_default();
            assert!(
                reason.contains("pristine") && reason.contains("needs-time.yaml:10:"),
                "{reason}"
            );
            continue;
        }
        let findings = |record: &journal::run::ScenarioRecord| -> BTreeSet<String> {
            record.findings.iter().map(normalised).collect()
        };
        assert_eq!(
            (one.verdict, findings(one)),
            (other.verdict, findings(other)),
            "{}",
            one.id
        );
    }
    assert!(
        !pristine
            .fidelity
            .iter()
            .any(|entry| entry.contains("instrumentation")),
        "a pristine run carries no instrumentation: {:#?}",
        pristine.fidelity
    );
}
