//! The real catalogue: every file is read, every case can be played.

use std::path::{Path, PathBuf};

use rstest::rstest;
use scenarios::Catalogue;
use scenarios::model::{Owner, Step};

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

/// Pages ask by timers, too: between a change of the world and a mark after it, what the mark is to count may have come already.
#[rstest]
fn a_mark_stands_before_the_change_of_the_world_whose_consequences_it_counts(
    #[files("catalogue/*/*.yaml")] path: PathBuf,
) {
    let catalogue = Catalogue::load_file(&path).unwrap_or_else(|problems| panic!("{}", problems[0]));
    for case in catalogue.cases() {
        let play = case.instantiate(&|name| Some(format!("value-of-{name}")), &[]);
        let play = play.unwrap_or_else(|problems| panic!("{}", problems[0]));
        for pair in play.steps.windows(2) {
            let changes = matches!(pair[0].step, Step::Stage(_) | Step::Fault(_) | Step::ClearFaults);
            let late = changes && matches!(pair[1].step, Step::Mark(_));
            assert!(!late, "{}: put the mark first", pair[1].location);
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
