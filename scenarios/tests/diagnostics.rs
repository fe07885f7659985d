//! What an author sees who made a mistake.

use std::fs;
use std::path::Path;

use scenarios::{Catalogue, Diagnostic};

/// A catalogue of the given files, in a folder of its own.
fn load(files: &[(&str, &str)]) -> (tempfile::TempDir, Result<Catalogue, Vec<Diagnostic>>) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let outcome = Catalogue::load(folder.path());
    (folder, outcome)
}

/// Everything that is said of wrong files.
fn said(files: &[(&str, &str)]) -> String {
    let (folder, outcome) = load(files);
    let problems = outcome.expect_err("something is wrong");
    rendered(folder.path(), &problems)
}

fn rendered(folder: &Path, problems: &[Diagnostic]) -> String {
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let prefix = format!("{}/", folder.display());
    all.join("\n\n").replace(&prefix, "")
}

/// A snapshot without the expression it comes from.
macro_rules! shows {
    ($text:expr $(,)?) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($text) })
    };
}

const RULES: (&str, &str) = (
    "requirements/demo.yaml",
    "area: demo\nfinished: false\nrequirements:\n  - { id: DEMO-01, title: It works, owner: front-end }\n  - { id: DEMO-02, title: It works twice, owner: mock }\n",
);

/// One scenario with the given steps.
fn steps(steps: &str) -> String {
    let text = format!("title: A demo\ncovers: [DEMO-01]\nworld: demo\nsteps:\n{steps}");
    said(&[RULES, ("catalogue/demo/one.yaml", &text)])
}

#[test]
fn unknown_names_are_told_with_what_was_meant() {
    shows!(steps(
        "  - open: /\n  - clik: { role: button, name: Add }\n  - click: { role: button, nmae: Add }\n  - expect:\n      - requets: { to: crm, count: 0 }\n      - request: { too: crm, count: 0 }\n  - page: { element: { role: alert } }\n"
    ));
}

#[test]
fn wrong_shapes_are_told_with_how_it_is_written() {
    shows!(steps(
        "  - click: Add ticket\n  - fill: { field: { label: Email } }\n  - reload: now\n  - click: { role: button }\n    name: Add\n  - advance: 10 seconds\n  - press: { key: Tab, times: often }\n  - expect: { url: /x }\n  - open\n  - 7\n"
    ));
}

#[test]
fn locators_name_their_element_in_one_way() {
    shows!(steps(
        "  - click: { name: Add }\n  - click: { role: button, text: Add }\n  - click: { css: a, name: Add }\n  - click: { role: button, partly: true }\n  - click: { role: button, within: { frame: crm } }\n"
    ));
}

#[test]
fn patterns_and_counts_are_checked() {
    shows!(steps(
        "  - expect:\n      - url: { $start-with: / }\n      - url: { $matches: \"a(\" }\n      - request: { body: { a: { $contains: x, $not: y } } }\n      - request: { body: { a: { $type: text } }, count: { at-least: 3, at-most: 1 } }\n      - request: { count: { at-lest: 3 } }\n      - request: { count: -1 }\n      - request: { count: {} }\n      - title: { $one-of: [] }\n      - title: { $absent: yes }\n"
    ));
}

#[test]
fn order_matters_for_marks_and_tabs() {
    shows!(steps(
        "  - switch-tab: second\n  - open-tab: { name: second, url: / }\n  - open-tab: { name: main, url: / }\n  - switch-tab: secnd\n  - close-tab: second\n  - close-tab: main\n  - switch-tab: second\n  - expect:\n      - request: { since: later, count: 0 }\n  - mark: later\n  - mark: later\n  - expect: []\n  - expect:\n      - message: { since: latr, count: 0 }\n"
    ));
}

#[test]
fn heads_are_checked() {
    shows!(said(&[
        RULES,
        (
            "catalogue/demo/one.yaml",
            "titel: A demo\ncovers: [DEMO-01, DEM0-02, DEMO-01]\nworld: demo\nthird-party-cookies: blok\nengines: [chrome]\ntolerate:\n  - { rule: ALL-2, because: It does }\n  - { rule: ALL-02 }\nvariants: { a: [x], d: [{ name: x }] }\nsteps: []\n"
        ),
        (
            "catalogue/demo/three.yaml",
            "title: A demo ${a} ${b} ${c}\nworld: demo\ncovers: [DEMO-01, DEM0-02, DEMO-01]\nvariants: { a: [1, 1], b: [], c: [x/y] }\nsteps:\n  - reload\n",
        ),
        (
            "catalogue/demo/four.yaml",
            "title: A demo\nworld: demo\ncovers: [DEMO-01, DEM0-02, DEMO-01]\ntolerate: [{ rule: ALL-2, because: It does }]\nengines: []\nsteps:\n  - reload\n",
        ),
        (
            "catalogue/demo/two.yaml",
            "title: A demo\nworld: demo\ncovers: []\nsteps: []\n"
        ),
    ]));
}

#[test]
fn placeholders_are_checked() {
    shows!(said(&[
        RULES,
        (
            "catalogue/demo/one.yaml",
            "title: A demo of ${sendr}\ncovers: [DEMO-01]\nworld: demo\nvariants:\n  sender: [a, b]\n  idle: [1, 2]\n  case:\n    - { id: x, count: 1 }\n    - { id: y, cuont: 2 }\nsteps:\n  - open: \"/${sender\"\n  - open: \"/${sender.origin}\"\n  - open: \"/${}\"\n  - open: \"/${origin.${sender}}\"\n  - expect:\n      - request: { count: \"${case.count}\" }\n      - url: \"x ${case} ${sender}\"\n      - request: { count: \"${sender}\" }\n"
        ),
    ]));
}

#[test]
fn preludes_are_checked_where_they_stand_and_where_they_are_used() {
    shows!(said(&[
        RULES,
        (
            "preludes/good.yaml",
            "title: Good\nparameters: { start: / }\nsteps:\n  - open: \"${start}\"\n"
        ),
        (
            "preludes/idle.yaml",
            "title: Idle\nparameters: { start: / }\nsteps:\n  - opne: /\n"
        ),
        ("preludes/ping.yaml", "title: Ping\nsteps:\n  - use: pong\n"),
        ("preludes/pong.yaml", "title: Pong\nsteps:\n  - use: ping\n"),
        ("preludes/empty.yaml", "title: Empty\nsteps: []\n"),
        (
            "catalogue/demo/one.yaml",
            "title: A demo\ncovers: [DEMO-01]\nworld: demo\nsteps:\n  - use: goood\n  - use: { prelude: good, with: { strat: /x } }\n  - use: ping\n  - use: idle\n  - use: [good]\n"
        ),
    ]));
}

#[test]
fn sabotages_are_checked() {
    shows!(said(&[
        RULES,
        (
            "catalogue/demo/one.yaml",
            "title: A demo of ${a}\ncovers: [DEMO-01]\nworld: demo\nvariants: { a: [x, y] }\nsteps:\n  - open: /\n"
        ),
        (
            "sabotage/demo/first.yaml",
            "title: Bad\norigin: demo\nedit: { file: a.js, find: x, replace: x }\nkills: [demo/oen, \"demo/one[a=z]\", \"demo/one[a=x]\", demo/one]\n"
        ),
        (
            "sabotage/demo/second.yaml",
            "title: Bad\norigin: demo\nedit: { file: a.js, drop-header: x }\nkills: []\n"
        ),
        (
            "sabotage/demo/third.yaml",
            "title: Bad\norigin: demo\nedit: { file: a.js, find: x, replace: y }\nkills: [demo/oen, \"demo/one[a=z]\", \"demo/one[a=x]\", demo/one]\n"
        ),
        ("sabotage/stray.yaml", "title: Bad\n"),
    ]));
}

#[test]
fn pitfalls_of_yaml_are_explained() {
    let all = [
        "title: A\ntitle: B\n",
        "title: A\n\tworld: B\n",
        "title: {a: ${x}}\n",
        "title: one: two\n",
        "title: !secret x\n",
        "title: A\n---\ntitle: B\n",
        "",
        "- just\n- a list\n",
        "{\n",
        "title: [unclosed\nworld: x\n",
        "? [a]\n: b\n",
    ];
    let texts: Vec<String> = all
        .iter()
        .map(|text| said(&[RULES, ("catalogue/demo/one.yaml", text)]))
        .collect();
    shows!(texts.join("\n\n----\n\n"));
}

#[test]
fn files_in_wrong_places_are_told() {
    shows!(said(&[
        RULES,
        (
            "requirements/again.yaml",
            "area: again\nfinished: true\nrequirements:\n  - { id: DEMO-01, title: x, owner: mock }\n  - { id: DEMO-03, title: x, owner: mock }\n"
        ),
        ("catalogue/stray.yaml", "title: x\n"),
        ("catalogue/demo/deep/one.yaml", "title: x\n"),
        ("catalogue/demo/a b.yaml", "title: x\n"),
        ("catalogue/demo/two.yml", "title: x\n"),
    ]));
    let (_folder, outcome) = load(&[]);
    assert!(outcome.is_err(), "an empty folder is no catalogue");
    assert!(Catalogue::load_file(Path::new("nowhere.yaml")).is_err());
    assert!(Catalogue::load_file(Path::new("catalogue/a/nowhere.yaml")).is_err());
}

#[test]
fn others_can_report_at_a_place() {
    let text = "title: A demo\ncovers: [DEMO-01]\nworld: demo\nswitches: { color: red }\nstage:\n  crm: { ready: withheld }\nsteps:\n  - stage: { crm: { ready: sent } }\n";
    let (folder, outcome) = load(&[RULES, ("catalogue/demo/one.yaml", text)]);
    let catalogue = outcome.expect("all is right");
    let case = &catalogue.cases()[0];
    let play = case.instantiate(&|_| None, &[]).expect("nothing is missing");
    let problems = [
        case.diagnostic(&["world"], "there is no world `demo`")
            .help("there is `shop`"),
        case.diagnostic(&["switches", "color"], "there is no switch `color`"),
        Diagnostic::at(
            play.place(&["stage", "crm", "ready"]),
            "`ready` cannot be `withheld`",
        ),
        Diagnostic::at(
            play.steps[0].place(&["stage", "crm", "ready"]),
            "`ready` cannot be `sent`",
        ),
        Diagnostic::unknown(play.steps[0].location.clone(), "mock", "crm", ["crn", "sso"]),
        Diagnostic::at(case.place(&["nowhere"]), "at the top"),
    ];
    shows!(rendered(folder.path(), &problems));
    assert_eq!(
        format!("{:#}", problems[1]).replace(&format!("{}/", folder.path().display()), ""),
        "catalogue/demo/one.yaml:4:13: there is no switch `color`"
    );
    assert!(problems[0].render(true).contains('\u{1b}'));
}

#[test]
fn names_the_world_does_not_know_are_told() {
    let text = "title: A demo of ${persona.nmae}\ncovers: [DEMO-01]\nworld: demo\nsteps:\n  - open: \"${orgin.crm}/x\"\n  - advance: \"${persona.grace}\"\n  - open: \"$${kept}\"\n";
    let (folder, outcome) = load(&[RULES, ("catalogue/demo/one.yaml", text)]);
    let catalogue = outcome.expect("all is right");
    let lookup = |name: &str| match name {
        "origin.crm" => Some("https://crm.example".to_owned()),
        "persona.grace" => Some("soon".to_owned()),
        _ => None,
    };
    let known = ["origin.crm", "persona.name", "persona.grace"].map(str::to_owned);
    let problems = catalogue.cases()[0]
        .instantiate(&lookup, &known)
        .expect_err("names are unknown");
    shows!(rendered(folder.path(), &problems));
}
