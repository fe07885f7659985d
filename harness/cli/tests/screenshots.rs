//! Which pictures a run keeps.

mod support;

use support::browsers::Engine;
use support::catalogue::{self, partner};
use support::program::House;
use support::runs;

const SCENARIOS: [(&str, &str); 3] = [
    ("demo/step-does-not-happen", BLOCKED),
    ("demo/expectation-does-not-hold", FAILS),
    ("demo/asks-for-a-picture", ASKS),
];

const BLOCKED: &str = partner!(
    "A button that is not there",
    "  - click: { role: button, name: Nobody has this name }\n"
);

const FAILS: &str = partner!(
    "A heading that is not there",
    "  - expect:\n      - page: { element: { role: heading, name: Nobody has this name } }\n"
);

const ASKS: &str = partner!("A picture of the page", "  - screenshot: The page\n");

/// Scenario and file of each picture that a run keeps.
fn kept(policy: &str) -> Vec<String> {
    Engine::Chromium.must_be_installed();
    let house = House::new();
    catalogue::lay_out(&house.work(), &SCENARIOS);
    let output = house.output().display().to_string();
    house.run([
        "run",
        "--scenarios",
        "scenarios",
        "--screenshots",
        policy,
        "--output",
        &output,
    ]);
    let run = runs::only(&house.output());
    let pictures = runs::files(&run)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "png"));
    let named = |file: std::path::PathBuf| {
        let mut parts = file.iter().rev().filter_map(|part| part.to_str());
        let (picture, _engine, scenario) = (parts.next(), parts.next(), parts.next());
        format!("{} {}", scenario.unwrap_or_default(), picture.unwrap_or_default())
    };
    pictures.map(named).collect()
}

#[test]
fn of_what_goes_wrong_and_where_a_scenario_says_so() {
    assert_eq!(
        kept("failure"),
        [
            "asks-for-a-picture step-001.png",
            "expectation-does-not-hold step-001.png",
            "step-does-not-happen step-001.png"
        ]
    );
}

#[test]
fn none_where_they_are_switched_off() {
    assert_eq!(kept("off"), Vec::<String>::new());
}
