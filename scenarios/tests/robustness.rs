//! Whatever stands in a file, the loader answers: with a catalogue, or with mistakes that lie in the file.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use scenarios::Catalogue;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A catalogue with the real preludes and room for one scenario. Without requirements: reading that long list again for
/// every case would be most of the work.
fn surroundings() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for part in ["preludes", "catalogue/area"] {
        fs::create_dir_all(folder.path().join(part)).expect("a folder");
    }
    for entry in fs::read_dir(root().join("preludes"))
        .expect("the real catalogue")
        .flatten()
    {
        let target = folder.path().join("preludes").join(entry.file_name());
        fs::copy(entry.path(), target).expect("a copy");
    }
    folder
}

/// Loads a text as a scenario, renders what is wrong with it, plays what is right.
fn survives(folder: &Path, bytes: &[u8]) {
    let path = folder.join("catalogue/area/one.yaml");
    fs::write(&path, bytes).expect("a file");
    match Catalogue::load_file(&path) {
        Ok(catalogue) => {
            for case in catalogue.cases() {
                for lookup in [Some("text"), None] {
                    if let Err(problems) = case.instantiate(&|_| lookup.map(str::to_owned), &[]) {
                        assert!(!problems.is_empty());
                        problems.iter().for_each(|problem| drop(problem.render(false)));
                    }
                }
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            for problem in problems {
                assert!(
                    problem
                        .render(true)
                        .contains(problem.message().lines().next().unwrap_or_default().trim_end())
                        || !problem.message().is_ascii()
                );
                if problem.location().file.ends_with("one.yaml") {
                    assert!(problem.location().line <= lines + 1, "{problem:#}");
                }
            }
        }
    }
}

fn real_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for area in fs::read_dir(root().join("catalogue"))
        .expect("the real catalogue")
        .flatten()
    {
        for file in fs::read_dir(area.path()).expect("an area").flatten() {
            files.push(file.path());
        }
    }
    files.sort();
    files
}

/// A slip of the hand.
#[derive(Clone, Debug)]
enum Slip {
    DropLine(usize),
    DoubleLine(usize),
    SwapLines(usize, usize),
    Indent(usize, usize),
    Insert(usize, String),
    Cut(usize, usize),
}

fn slip() -> impl Strategy<Value = Slip> {
    let position = 0..4000_usize;
    prop_oneof![
        position.clone().prop_map(Slip::DropLine),
        position.clone().prop_map(Slip::DoubleLine),
        (position.clone(), position.clone()).prop_map(|(one, other)| Slip::SwapLines(one, other)),
        (position.clone(), 0..5_usize).prop_map(|(line, depth)| Slip::Indent(line, depth)),
        (
            position.clone(),
            prop_oneof![
                "[-:{}\\[\\],$&*!|>'\"%@`#?\t\n ~]{1,3}",
                Just("${".to_owned()),
                Just("${persona.x}".to_owned()),
                Just("${${}}".to_owned()),
                Just("<<: *a".to_owned()),
                Just("&a ".to_owned()),
                Just("*a".to_owned()),
                Just("\u{feff}".to_owned()),
                Just("é→".to_owned()),
                Just("1e999".to_owned()),
                Just("-9223372036854775809".to_owned()),
            ]
        )
            .prop_map(|(at, text)| Slip::Insert(at, text)),
        (position, 1..30_usize).prop_map(|(at, length)| Slip::Cut(at, length)),
    ]
}

fn slipped(text: &str, slip: &Slip) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let count = lines.len().max(1);
    let mut characters: Vec<char> = text.chars().collect();
    let length = characters.len().max(1);
    match slip {
        Slip::DropLine(line) if !lines.is_empty() => drop(lines.remove(line % count)),
        Slip::DoubleLine(line) if !lines.is_empty() => {
            lines.insert(line % count, lines[line % count].clone());
        }
        Slip::SwapLines(one, other) if !lines.is_empty() => lines.swap(one % count, other % count),
        Slip::Indent(line, depth) if !lines.is_empty() => {
            let text = &mut lines[line % count];
            *text = format!("{}{}", " ".repeat(depth * 2), text.trim_start());
        }
        Slip::Insert(at, inserted) => {
            let at = at % length;
            characters.splice(
                at.min(characters.len())..at.min(characters.len()),
                inserted.chars(),
            );
            return characters.into_iter().collect();
        }
        Slip::Cut(at, cut) => {
            let at = (at % length).min(characters.len());
            let end = (at + cut).min(characters.len());
            characters.drain(at..end);
            return characters.into_iter().collect();
        }
        _ => {}
    }
    lines.join("\n") + "\n"
}

/// Runs a property in one folder, which is made once.
fn in_one_folder<S: Strategy>(strategy: &S, property: impl Fn(&Path, S::Value)) {
    let folder = surroundings();
    let outcome = TestRunner::default().run(strategy, |value| {
        property(folder.path(), value);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn any_bytes_are_survived() {
    in_one_folder(&prop::collection::vec(any::<u8>(), 0..400), |folder, bytes| {
        survives(folder, &bytes);
    });
}

#[test]
fn any_yaml_like_text_is_survived() {
    const YAML_LIKE: &str = "([a-z]{1,6}: ?[\\[\\]{}\"'$&*,a-z0-9 :-]{0,20}\n( {0,4}- )?){0,12}";
    in_one_folder(&YAML_LIKE, |folder, text| survives(folder, text.as_bytes()));
}

#[test]
fn slips_in_real_files_are_survived() {
    let files = real_files();
    let strategy = (any::<prop::sample::Index>(), prop::collection::vec(slip(), 1..6));
    in_one_folder(&strategy, |folder, (file, slips)| {
        let text = fs::read_to_string(file.get(&files)).expect("a real file");
        let text = slips.iter().fold(text, |text, slip| slipped(&text, slip));
        survives(folder, text.as_bytes());
    });
}

#[test]
fn files_that_would_grow_without_end_are_refused() {
    let folder = surroundings();
    let mut laughs = String::from("title: x\na: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (name, before) in ('b'..='k').zip('a'..) {
        laughs.push_str(&format!(
            "{name}: &{name} [{}]\n",
            vec![format!("*{before}"); 9].join(", ")
        ));
    }
    survives(folder.path(), laughs.as_bytes());
    survives(folder.path(), "[".repeat(100_000).as_bytes());
    survives(folder.path(), "- ".repeat(100_000).as_bytes());
    survives(
        folder.path(),
        format!("title: {}\n", "x".repeat(2_000_000)).as_bytes(),
    );
    survives(folder.path(), "a: &a [*a]\n".as_bytes());
    let nested = format!("title: \"{}{}\"\n", "${a.".repeat(5_000), "}".repeat(5_000));
    survives(folder.path(), nested.as_bytes());
}

#[test]
fn line_ends_and_byte_order_marks_of_other_systems_are_read() {
    let folder = surroundings();
    for file in real_files() {
        let text = fs::read_to_string(&file).expect("a real file");
        let foreign = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let path = folder.path().join("catalogue/area/one.yaml");
        fs::write(&path, foreign).expect("a file");
        let read = Catalogue::load_file(&path);
        assert!(read.is_ok(), "{}: {:?}", file.display(), read.err());
    }
}
