//! The real catalogue: every file is read, every case can be played.

use std::path::{Path, PathBuf};

use rstest::rstest;
use scenarios::Catalogue;
use scenarios::model::Owner;

fn catalogue() -> Catalogue {
    match Catalogue::load(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        Ok(catalogue) => catalogue,
        Err(problems) => {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n\n"));
        }
    }
}

#[rstest]
fn a_scenario_can_be_played(#[files("catalogue/*/*.yaml")] path: PathBuf) {
    let catalogue = Catalogue::load_file(&path).unwrap_or_else(|problems| panic!("{}", problems[0]));
    assert!(!catalogue.cases().is_empty());
    for case in catalogue.cases() {
        // Any world will do here: what names mean is the runner's concern.
        let play = case.instantiate(&|name| Some(format!("value-of-{name}")), &[]);
        let play = play.unwrap_or_else(|problems| panic!("{}", problems[0]));
        assert!(!play.steps.is_empty(), "{}", case.id);
        for (index, placed) in play.steps.iter().enumerate() {
            assert_eq!(placed.index, index);
            assert!(placed.location.line > 0 && placed.location.column > 0);
            for (number, expectation) in placed.expectations().iter().enumerate() {
                assert_eq!(expectation.path, format!("steps[{index}].expect[{number}]"));
                assert!(expectation.location.line >= placed.location.line);
            }
        }
    }
}

#[test]
fn every_file_of_the_catalogue_is_right() {
    let catalogue = catalogue();
    let mut ids: Vec<&str> = catalogue.cases().iter().map(|case| case.id.as_str()).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert!(count > 0 && ids.len() == count, "ids are unique");
}

#[test]
fn finished_areas_are_covered_by_scenarios_and_by_sabotage() {
    let uncovered: Vec<String> = catalogue()
        .coverage()
        .into_iter()
        .filter(|row| row.finished)
        .filter(|row| {
            row.scenarios.is_empty() || (row.requirement.owner == Owner::FrontEnd && row.sabotages.is_empty())
        })
        .map(|row| {
            format!(
                "{} (scenarios: {:?}, sabotages: {:?})",
                row.requirement.id, row.scenarios, row.sabotages
            )
        })
        .collect();
    assert!(uncovered.is_empty(), "not proven: {uncovered:#?}");
}
