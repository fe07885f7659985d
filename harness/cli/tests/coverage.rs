//! Every row of a finished area is covered, and what the front end must keep can be seen to fail.

mod support;

use scenarios::Catalogue;
use scenarios::model::Owner;

fn catalogue() -> Catalogue {
    Catalogue::load(&support::checkout().join("scenarios")).unwrap_or_else(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("the catalogue does not load:\n{}", all.join("\n\n"));
    })
}

#[test]
fn every_row_of_a_finished_area_has_a_scenario() {
    let catalogue = catalogue();
    let finished: Vec<_> = catalogue
        .coverage()
        .into_iter()
        .filter(|row| row.finished)
        .collect();
    assert!(!finished.is_empty(), "no area is finished");
    let bare: Vec<_> = finished
        .iter()
        .filter(|row| row.scenarios.is_empty())
        .map(|row| format!("{}: {}", row.requirement.id, row.requirement.title))
        .collect();
    assert!(bare.is_empty(), "no scenario covers\n  {}", bare.join("\n  "));
}

#[test]
fn every_row_of_the_front_end_in_a_finished_area_has_a_sabotage() {
    let unproven: Vec<_> = catalogue()
        .coverage()
        .into_iter()
        .filter(|row| row.finished && row.requirement.owner == Owner::FrontEnd && row.sabotages.is_empty())
        .map(|row| format!("{}: {}", row.requirement.id, row.requirement.title))
        .collect();
    assert!(
        unproven.is_empty(),
        "no sabotage shows that these checks can fail\n  {}",
        unproven.join("\n  ")
    );
}

#[test]
fn every_scenario_and_sabotage_is_of_an_area_with_requirements() {
    let catalogue = catalogue();
    let areas: Vec<String> = catalogue
        .requirements()
        .iter()
        .map(|ruled| ruled.area.clone())
        .collect();
    let names = catalogue
        .cases()
        .iter()
        .map(|case| &case.id)
        .chain(catalogue.sabotages().iter().map(|known_bad| &known_bad.id));
    for id in names {
        let area = id.split('/').next().unwrap_or_default();
        assert!(
            areas.iter().any(|known| known == area),
            "{id}: `requirements` knows no area `{area}`"
        );
    }
}
