//! What right files mean.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use scenarios::model::{Count, Expectation, Press, Span, Step, Typed};
use scenarios::{Case, Catalogue, Play};
use serde_json::json;

fn load(files: &[(&str, &str)]) -> Catalogue {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    Catalogue::load(folder.path()).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

fn one(steps: &str) -> Catalogue {
    load(&[(
        "catalogue/demo/one.yaml",
        &format!("title: A demo\ncovers: [X]\nworld: demo\n{steps}"),
    )])
}

fn world(name: &str) -> Option<String> {
    match name {
        "origin.crm" => Some("https://crm.example".to_owned()),
        "origin.attacker" => Some("https://evil.example".to_owned()),
        "persona.phone" => Some("+62811".to_owned()),
        "customer.123.id" => Some("123".to_owned()),
        _ => None,
    }
}

fn play(case: &Case) -> Play {
    case.instantiate(&world, &[])
        .unwrap_or_else(|problems| panic!("{}", problems[0]))
}

fn data(step: &Step) -> &serde_json::Value {
    match step {
        Step::PostMessage(post) => &post.data,
        other => panic!("{other:?}"),
    }
}

#[test]
fn scalars_mean_what_their_authors_mean() {
    let catalogue = one(
        "steps:\n  - post-message:\n      from: crm\n      data:\n        whole: 42\n        negative: -1\n        fraction: 2.5\n        phone: +62811555123\n        zeros: 007\n        underscored: 1_000\n        hexadecimal: 0x1f\n        huge: 123456789012345678901234567890\n        quoted: \"42\"\n        flag: true\n        agreed: yes\n        off: off\n        empty:\n        nothing: null\n        tilde: ~\n        text: some text\n  - fill: { field: { label: Phone }, with: 0811 }\n  - fill: { field: { label: Phone }, with: true }\n  - press: 7\n",
    );
    let play = play(&catalogue.cases()[0]);
    assert_eq!(
        *data(&play.steps[0].step),
        json!({
            "whole": 42, "negative": -1, "fraction": 2.5, "phone": "+62811555123", "zeros": "007",
            "underscored": "1_000", "hexadecimal": "0x1f", "huge": 1.234_567_890_123_456_8e29, "quoted": "42",
            "flag": true, "agreed": "yes", "off": "off", "empty": null, "nothing": null, "tilde": null,
            "text": "some text"
        })
    );
    let filled: Vec<&Typed> = play.steps[1..3]
        .iter()
        .map(|placed| match &placed.step {
            Step::Fill(fill) => &fill.with,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        filled,
        [&Typed::Text("0811".to_owned()), &Typed::Text("true".to_owned())]
    );
    assert_eq!(play.steps[3].step, Step::Press(Press::Key("7".to_owned())));
}

#[test]
fn a_placeholder_alone_keeps_its_type_and_within_text_becomes_text() {
    let catalogue = one(
        "variants:\n  case:\n    - { id: first, count: 2, flag: false, data: { a: [1, \"${origin.crm}\"] }, name: crm }\nsteps:\n  - post-message:\n      from: crm\n      times: \"${case.count}\"\n      data:\n        count: \"${case.count}\"\n        plain: ${case.count}\n        flag: \"${case.flag}\"\n        text: \"n=${case.count}\"\n        whole: \"${case.data}\"\n        id: \"${case}\"\n        nested: \"${origin.${case.name}}/x\"\n        world: \"${customer.123.id}\"\n        phone: ${persona.phone}\n        kept: \"$${case}\"\n        \"${case.name}\": key\n  - expect:\n      - request: { count: \"${case.count}\" }\n",
    );
    assert_eq!(catalogue.cases()[0].id, "demo/one[case=first]");
    let play = play(&catalogue.cases()[0]);
    assert_eq!(
        *data(&play.steps[0].step),
        json!({
            "count": 2, "plain": 2, "flag": false, "text": "n=2", "whole": { "a": [1, "https://crm.example"] },
            "id": "first", "nested": "https://crm.example/x", "world": "123", "phone": "+62811", "kept": "${case}",
            "crm": "key"
        })
    );
    let Expectation::Request(request) = &play.steps[1].expectations()[0].value else {
        panic!("a request is expected");
    };
    assert_eq!(request.count, Some(Count::Exactly(2)));
}

#[test]
fn variants_multiply_in_the_order_they_are_written() {
    let catalogue = one(
        "variants:\n  b: [y, x]\n  a: [2, 10, true]\nswitches: { s: \"${b}\" }\nsteps:\n  - open: \"/${a}\"\n",
    );
    let ids: Vec<&str> = catalogue.cases().iter().map(|case| case.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "demo/one[a=2,b=y]",
            "demo/one[a=2,b=x]",
            "demo/one[a=10,b=y]",
            "demo/one[a=10,b=x]",
            "demo/one[a=true,b=y]",
            "demo/one[a=true,b=x]"
        ]
    );
    let case = &catalogue.cases()[1];
    assert_eq!(case.name, "demo/one");
    assert_eq!(case.area, "demo");
    assert_eq!(case.switches["s"], "x");
    assert_eq!(case.variant["a"], "2");
}

#[test]
fn preludes_take_the_place_of_their_use() {
    let catalogue = load(&[
        (
            "catalogue/demo/one.yaml",
            "title: A demo\ncovers: [X]\nworld: demo\nvariants: { who: [a] }\nsteps:\n  - mark: before\n  - use: { prelude: outer, with: { name: \"${who}\" } }\n  - use: inner\n  - expect:\n      - request: { since: inside }\n",
        ),
        (
            "preludes/outer.yaml",
            "title: Outer\nparameters: { name: nobody, url: \"${origin.crm}\" }\nsteps:\n  - open: \"${url}/${name}\"\n  - use: { prelude: inner, with: { times: 3 } }\n  - mark: inside\n",
        ),
        (
            "preludes/inner.yaml",
            "title: Inner\nparameters: { times: 2 }\nsteps:\n  - press: { key: Tab, times: \"${times}\" }\n",
        ),
    ]);
    let play = play(&catalogue.cases()[0]);
    let told: Vec<(usize, &str, Option<&str>, String)> = play
        .steps
        .iter()
        .map(|placed| {
            let file = placed
                .location
                .file
                .file_name()
                .expect("a name")
                .to_string_lossy();
            let place = format!("{file}:{}:{}", placed.location.line, placed.location.column);
            (
                placed.index,
                placed.title.as_str(),
                placed.from_prelude.as_deref(),
                place,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (0, "mark before", None, "one.yaml:6:5".to_owned()),
            (
                1,
                "open https://crm.example/a",
                Some("outer"),
                "outer.yaml:4:5".to_owned()
            ),
            (2, "press Tab 3 times", Some("inner"), "inner.yaml:4:5".to_owned()),
            (3, "mark inside", Some("outer"), "outer.yaml:6:5".to_owned()),
            (4, "press Tab twice", Some("inner"), "inner.yaml:4:5".to_owned()),
            (5, "expect request of any kind", None, "one.yaml:9:5".to_owned()),
        ]
    );
    assert_eq!(play.steps[5].expectations()[0].path, "steps[5].expect[0]");
    assert_eq!(play.steps[5].expectations()[0].location.line, 10);
}

#[test]
fn one_file_is_loaded_with_what_it_refers_to() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue/ticket/spoofed-ready.yaml");
    let catalogue = Catalogue::load_file(&path).unwrap_or_else(|problems| panic!("{}", problems[0]));
    assert!(
        catalogue
            .cases()
            .iter()
            .all(|case| case.name == "ticket/spoofed-ready")
    );
    assert!(!catalogue.requirements().is_empty());
    // Below the current folder paths are relative to it.
    assert!(catalogue.cases()[0].file.is_relative());
}

#[test]
fn requirements_are_covered_by_scenarios_and_by_sabotages_that_kill_them() {
    let scenario = |covers: &str| {
        format!(
            "title: A demo ${{a}}\ncovers: [{covers}]\nworld: demo\nvariants: {{ a: [x, y] }}\nsteps: [reload]\n"
        )
    };
    let catalogue = load(&[
        (
            "requirements/demo.yaml",
            "area: demo\nfinished: true\nrequirements:\n  - { id: D-1, title: One, owner: front-end }\n  - { id: D-2, title: Two, owner: front-end }\n  - { id: D-3, title: Three, owner: mock }\n",
        ),
        ("catalogue/demo/one.yaml", &scenario("D-1, D-2")),
        ("catalogue/demo/two.yaml", &scenario("D-2")),
        (
            "sabotage/demo/bad.yaml",
            "title: Bad\norigin: demo\nedit: { path: /x, drop-header: csp }\nkills: [\"demo/two[a=y]\"]\n",
        ),
    ]);
    let told: Vec<(String, Vec<String>, Vec<String>)> = catalogue
        .coverage()
        .into_iter()
        .map(|row| (row.requirement.id, row.scenarios, row.sabotages))
        .collect();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            ("D-1".to_owned(), texts(&["demo/one"]), texts(&[])),
            (
                "D-2".to_owned(),
                texts(&["demo/one", "demo/two"]),
                texts(&["demo/bad"])
            ),
            ("D-3".to_owned(), texts(&[]), texts(&[])),
        ]
    );
    let chosen = |filter: &str| {
        catalogue
            .matching(&[filter.to_owned()])
            .iter()
            .map(|case| case.id.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(chosen("demo/one[a=x]"), ["demo/one[a=x]"]);
    assert_eq!(chosen("D-1"), ["demo/one[a=x]", "demo/one[a=y]"]);
    assert_eq!(chosen("demo").len(), 4);
    assert_eq!(chosen("*/two"), ["demo/two[a=x]", "demo/two[a=y]"]);
    assert_eq!(chosen("d-3"), Vec::<&str>::new());
    assert_eq!(catalogue.matching(&[]).len(), 4);
}

#[test]
fn the_name_of_an_area_chooses_that_area_alone() {
    let scenario = "title: A demo\ncovers: [X]\nworld: demo\nsteps: [reload]\n";
    let bad = "title: Bad\norigin: demo\nedit: { path: /x, drop-header: csp }\nkills: [session/one]\n";
    let catalogue = load(&[
        ("catalogue/session/one.yaml", scenario),
        ("catalogue/sso/session-ends.yaml", scenario),
        ("sabotage/session/bad.yaml", bad),
        ("sabotage/sso/session-bad.yaml", bad),
    ]);
    let chosen = |filter: &str| {
        let cases = catalogue.matching(&[filter.to_owned()]);
        cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(chosen("Session"), ["session/one"]);
    assert_eq!(chosen("sso"), ["sso/session-ends"]);
    assert_eq!(chosen("sess"), ["session/one", "sso/session-ends"]);
    assert_eq!(chosen("*session*"), ["session/one", "sso/session-ends"]);
    let spoilt = |filter: &str| {
        let sabotages = catalogue.matching_sabotages(&[filter.to_owned()]);
        sabotages
            .iter()
            .map(|known_bad| known_bad.id.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(spoilt("session"), ["session/bad"]);
    assert_eq!(spoilt("sess"), ["session/bad", "sso/session-bad"]);
    assert_eq!(spoilt("*/session-*"), ["sso/session-bad"]);
}

#[test]
fn a_whole_id_chooses_that_alone_and_part_of_one_all_that_hold_it() {
    let scenario = "title: A demo\ncovers: [X]\nworld: demo\nsteps: [reload]\n";
    let varied =
        "title: A demo\ncovers: [X]\nworld: demo\nvariants: { a: [x, xy] }\nsteps: [{ open: \"/${a}\" }]\n";
    let bad = "title: Bad\norigin: demo\nedit: { path: /x, drop-header: csp }\nkills: [demo/own]\n";
    let catalogue = load(&[
        ("catalogue/demo/own.yaml", varied),
        ("catalogue/demo/own-without.yaml", scenario),
        ("sabotage/demo/bad.yaml", bad),
        ("sabotage/demo/bad-too.yaml", bad),
    ]);
    let chosen = |filter: &str| {
        let cases = catalogue.matching(&[filter.to_owned()]);
        cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(chosen("Demo/Own"), ["demo/own[a=x]", "demo/own[a=xy]"]);
    assert_eq!(chosen("demo/own[a=x]"), ["demo/own[a=x]"]);
    assert_eq!(chosen("demo/ow").len(), 3);
    let sabotages = catalogue.matching_sabotages(&["demo/bad".to_owned()]);
    assert_eq!(sabotages.len(), 1);
}

#[test]
fn steps_are_said_in_words() {
    let catalogue = one(
        "steps:\n  - click: { role: button, name: Add ticket, within: { role: region, name: Tickets } }\n  - fill: { field: { label: Title, frame: crm }, with: Broken }\n  - double-click: { text: Row, nth: 1, partly: true }\n  - post-message: { from: opaque, to: crm, data: { type: EMBED_READY }, times: 2 }\n  - post-message: { from: { frame: crm }, data: [1] }\n  - request: { method: POST, url: /x, from: attacker }\n  - stage: { crm: { x: y }, sso: { x: y } }\n  - advance: 1h59m59s\n  - clear-faults\n  - open-tab: { name: second, url: /x }\n  - switch-tab: main\n  - select: { field: { css: \"#s\" }, option: One }\n  - observe: { question: OQ-2, answer: { a: { shows: { test-id: x } } } }\n  - expect: [{ page: { element: { role: alert } } }]\n  - expect: [{ request: { to: crm, method: POST, path: /x } }, { title: x }]\n",
    );
    let play = play(&catalogue.cases()[0]);
    let titles: Vec<&str> = play.steps.iter().map(|placed| placed.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "click button \"Add ticket\" in region \"Tickets\"",
            "fill field \"Title\" in frame crm with \"Broken\"",
            "double-click text \"…Row…\" number 2",
            "post EMBED_READY from a popup of opaque to crm twice",
            "post a message from frame crm",
            "request POST /x from attacker",
            "direct crm and sso",
            "advance the clock by 1h59m59s",
            "clear all faults",
            "open /x in a new tab second",
            "switch to tab main",
            "select \"One\" in `#s`",
            "note the answer to OQ-2",
            "expect alert",
            "expect 2 things",
        ]
    );
}

#[test]
fn titles_name_what_belongs_to_persons_and_do_not_tell_it() {
    let catalogue = one(
        "steps:\n  - open: \"${origin.crm}/login\"\n  - fill: { field: { label: Phone }, with: \"${persona.phone}\" }\n",
    );
    let play = play(&catalogue.cases()[0]);
    assert_eq!(play.steps[0].title, "open https://crm.example/login");
    assert_eq!(
        play.steps[1].title,
        "fill field \"Phone\" with \"‹persona.phone›\""
    );
    assert!(matches!(&play.steps[1].step, Step::Fill(fill) if fill.with == Typed::Text("+62811".to_owned())));
}

#[test]
fn a_one_time_code_is_typed_by_whose_it_is() {
    let catalogue = one(
        "steps:\n  - open: /\n  - fill: { field: { label: Code }, with: { one-time-code: platform-admin } }\n",
    );
    let play = play(&catalogue.cases()[0]);
    assert_eq!(
        play.steps[1].title,
        "fill field \"Code\" with the one-time code of platform-admin"
    );
}

#[test]
fn spans_are_read_and_written() {
    for (text, milliseconds) in [
        ("250ms", 250),
        ("10s", 10_000),
        ("2m", 120_000),
        ("1h59m59s", 7_199_000),
        ("1d", 86_400_000),
        ("0s", 0),
    ] {
        assert_eq!(Span::parse(text).expect(text).0.as_millis(), milliseconds);
    }
    for wrong in [
        "",
        "10",
        "s",
        "10x",
        "10s 5",
        "5s1m",
        "1s1s",
        "-1s",
        "99999999999999999999s",
        "999999h",
        "1.5s",
    ] {
        assert!(Span::parse(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn spans_read_what_they_write(milliseconds in 0..315_360_000_000_u64) {
        let span = Span(std::time::Duration::from_millis(milliseconds));
        prop_assert_eq!(Span::parse(&span.to_string()), Ok(span));
    }

    #[test]
    fn any_text_is_a_span_or_none(text in ".{0,20}") {
        let _ = Span::parse(&text);
    }

    #[test]
    fn counts_admit_what_lies_within(least in 0..5_u64, more in 0..5_u64, number in 0..12_u64) {
        let count = Count::Between { at_least: least, at_most: Some(least + more) };
        prop_assert_eq!(count.admits(number), (least..=least + more).contains(&number));
        let open = Count::Between { at_least: least, at_most: None };
        prop_assert_eq!(open.admits(number), number >= least);
        prop_assert!(!open.has_upper_bound() && count.has_upper_bound());
    }
}
