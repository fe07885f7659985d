//! The real catalogue: every file is read, every case can be played.

use std::path::Path;

use scenarios::Catalogue;

fn catalogue() -> Catalogue {
    match Catalogue::load(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        Ok(catalogue) => catalogue,
        Err(problems) => {
            let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n\n"));
        }
    }
}

#[test]
fn every_file_of_the_catalogue_is_right() {
    let catalogue = catalogue();
    assert!(!catalogue.cases().is_empty());
    for case in catalogue.cases() {
        // Any world will do here: what names mean is the runner's concern.
        let play = case.instantiate(&|name| Some(format!("value-of-{name}")));
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
