//! Many scenarios, of which little is to be told.

use journal::fact::Answer;
use journal::run::Verdict;
use journal::{Fact, Source};

use super::play::play;
use super::stage::map;
use super::{Plot, Run, Stage, record};

pub(super) fn questions(run: &mut Run) {
    for engine in ["chromium", "firefox"] {
        for (cookies, site, auth) in [
            ("allowed", "same", "cookie"),
            ("allowed", "cross", "cookie"),
            ("blocked", "same", "cookie"),
            ("blocked", "cross", "cookie"),
            ("blocked", "cross", "bearer"),
            ("partitioned", "cross", "cookie"),
        ] {
            let id = format!("ticket/embed-auth[auth={auth},cookies={cookies},site={site}]");
            let mut stage = Stage::new("scenarios/ticket/embed-auth.yaml");
            let lost = cookies != "allowed" && site == "cross" && auth == "cookie";
            let status = if lost && !(cookies == "partitioned" && engine == "firefox") {
                "401"
            } else {
                "201"
            };
            stage.record(
                Source::Runner,
                None,
                Fact::Answer(Answer {
                    question: "OQ-2".into(),
                    case: map(&[("third-party cookies", cookies), ("site", site), ("auth", auth)]),
                    observed: map(&[
                        ("create ticket", status),
                        ("form", if lost { "plain" } else { "custom layout" }),
                    ]),
                }),
            );
            let mut passed = record(&id, engine, "Embed authentication, cell by cell", Verdict::Passed);
            passed.covers = vec!["TCKT-14".into()];
            run.add(passed, stage.events);
        }
    }
    let mut stage = Stage::new("scenarios/ticket/layered-flag.yaml");
    stage.record(
        Source::Runner,
        None,
        Fact::Answer(Answer {
            question: "OQ-7".into(),
            case: map(&[
                ("embed flag", "on"),
                ("omnichannel flag", "off"),
                ("layered", "yes"),
            ]),
            observed: map(&[("entry", "absent")]),
        }),
    );
    run.add(
        record(
            "ticket/layered-flag[layered=yes]",
            "chromium",
            "The entry follows both flags where they are layered",
            Verdict::Passed,
        ),
        stage.events,
    );
}

pub(super) fn filler(run: &mut Run, count: usize) {
    let titles = [
        "A retry mounts the iframe again",
        "The panel closes on EMBED_CLOSE without a refetch",
        "Focus returns to the trigger",
        "No token stands in the iframe's URL",
        "Telemetry is sent once per opening",
        "A late message does nothing",
    ];
    let areas = ["ticket", "session", "operator", "widget"];
    for number in run.manifest.scenarios.len()..count {
        let area = areas[number % areas.len()];
        let title = titles[number % titles.len()];
        let id = format!(
            "{area}/{}-{}[case={number}]",
            title
                .to_lowercase()
                .replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
            number / 24
        );
        let engine = if number % 3 == 0 { "firefox" } else { "chromium" };
        let mut passed = record(&id, engine, title, Verdict::Passed);
        passed.duration_ms = 900 + (number as u64 * 137) % 2400;
        passed.covers =
            vec![["TCKT-S01/AC-1", "TCKT-S01/AC-2", "TCKT-08", "TCKT-09", "TCKT-11"][number % 5].into()];
        let plot = Plot {
            spoofed: number % 4 == 1,
            unlinked: number % 5 == 2,
            asset_bytes: 6_000,
            ..Plot::default()
        };
        let (journal, _) = play(plot, &passed.location.file);
        run.add(passed, journal);
    }
}
