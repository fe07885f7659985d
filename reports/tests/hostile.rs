//! What a page under test may write into a journal, and what a run directory handed on may hold.

mod synthetic;

use std::path::PathBuf;

use journal::fact::{Console, Frame, MessageSent, Screenshot};
use journal::run::{EarlierAttempt, Verdict};
use journal::{Fact, Source};
use reports::{Options, github_annotations, write_all};
use serde_json::json;
use synthetic::page::Report;
use synthetic::{Call, Plot, Run, Stage, finding, play, record};

const HOSTILE: &[&str] = &[
    "</script><script>alert(1)</script>",
    "<!-- data --><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>{{ 7 * 7 }}{% raw %}",
    "\u{202e}gnp.exe\u{2066} \u{0} \u{7} \u{1b}[31mred\u{1b}]8;;http://evil.example\u{7} \u{2028}\u{2029} \u{fffe}\u{ffff}",
    "]]>&amp;<![CDATA[",
    "::error file=x::y\r\n::set-output name=a::b %0A",
    "",
];

fn hostile() -> Run {
    let mut run = Run::new("<b>run</b>\u{202e}");
    for (number, text) in HOSTILE.iter().enumerate() {
        let mut stage = Stage::new(text);
        let frame = Frame {
            context: (*text).to_owned(),
            tab: String::new(),
            origin: (*text).to_owned(),
            url: (*text).to_owned(),
        };
        stage.exchange(&Call {
            method: text,
            body: text,
            media: text,
            answer: text,
            headers: &[(text, text), ("cookie", text), ("upgrade", "websocket")],
            answer_headers: &[("set-cookie", text), ("location", text)],
            status: 999,
            ..Call::get(text, text)
        });
        for page_ms in [f64::MAX, -1.0, 0.0] {
            stage.record(
                Source::Page,
                None,
                Fact::MessageSent(MessageSent {
                    from: frame.clone(),
                    target_origin: (*text).to_owned(),
                    via: (*text).to_owned(),
                    data: json!({*text: [text, {"type": text}]}),
                    page_ms,
                    nth: u64::MAX,
                    staged: false,
                }),
            );
        }
        stage.record(
            Source::Mock((*text).to_owned()),
            Some(u64::MAX),
            Fact::Console(Console {
                frame: Some(frame),
                level: (*text).to_owned(),
                text: (*text).to_owned(),
            }),
        );
        stage.record(
            Source::Runner,
            None,
            Fact::Screenshot(Screenshot {
                file: "../../../../etc/passwd".to_owned(),
                step: usize::MAX,
            }),
        );
        stage
            .events
            .iter_mut()
            .for_each(|event| event.at.wall_us = u64::MAX - event.seq);
        let mut record = record(&format!("area/{number}{text}"), text, text, Verdict::Failed);
        record.covers = vec![(*text).to_owned()];
        record.reason = Some((*text).to_owned());
        record.location.file = (*text).to_owned();
        record.location.line = u64::MAX;
        record.findings = vec![finding(text, text, text, text, &[0, 1, u64::MAX])];
        record.earlier = vec![EarlierAttempt {
            verdict: Verdict::Failed,
            reason: (*text).to_owned(),
            folder: Some((*text).to_owned()),
        }];
        record.folder = Some(format!("folder-{number}"));
        run.manifest.fidelity.push((*text).to_owned());
        run.manifest.served.insert((*text).to_owned(), (*text).to_owned());
        run.add(record, stage.events);
    }
    run
}

#[test]
fn hostile_text_stays_text_in_every_report() {
    let folder = tempfile::tempdir().expect("folder");
    let run = hostile();
    for (record, journal) in run.manifest.scenarios.iter().zip(&run.journals) {
        // The screenshot's name would leave the folder, so the generator must not write it.
        let events: Vec<_> = journal
            .iter()
            .map(|event| serde_json::to_string(event).expect("event"))
            .collect();
        let place = folder.path().join(record.folder.as_ref().expect("folder"));
        std::fs::create_dir_all(&place).expect("folder");
        std::fs::write(place.join("events.jsonl"), events.join("\n") + "\n").expect("journal");
    }
    run.manifest.write(folder.path()).expect("manifest");
    let written = write_all(folder.path(), &Options::default()).expect("reports");
    assert_eq!(written.notes, Vec::<String>::new());

    let report = Report::read(folder.path());
    let scripts = report.html.matches("<script").count();
    assert_eq!(
        scripts,
        HOSTILE.len() + 2,
        "one block a scenario, the index and the page's own script"
    );
    assert!(!report.html.contains("onerror=alert") || !report.html.contains("<img"));
    assert_eq!(report.policy()["script-src"], [report.hash_of("<script>")]);
    assert!(
        !report.html.contains("passwd"),
        "a screenshot's name may not lead out of its folder"
    );
    for (number, text) in HOSTILE.iter().enumerate() {
        assert_eq!(report.index["scenarios"][number]["title"], json!(text));
        assert!(
            report.detail(number).expect("detail")["rows"]
                .as_array()
                .is_some_and(|rows| rows.len() >= 5)
        );
    }

    let junit = std::fs::read_to_string(folder.path().join("junit.xml")).expect("junit.xml");
    assert!(!junit.contains("<script") && !junit.contains("<svg") && !junit.contains("<img"));
    assert!(
        !junit
            .chars()
            .any(|character| character.is_control() && !"\n\r\t".contains(character))
    );
    assert!(!junit.contains(['\u{fffe}', '\u{ffff}']));
}

#[test]
fn an_annotation_is_one_line_and_one_command() {
    let annotations = github_annotations(&hostile().manifest);
    assert_eq!(annotations.lines().count(), HOSTILE.len());
    for line in annotations.lines() {
        assert!(line.starts_with("::error file="), "{line:?}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
        let (properties, _) = line[2..].split_once("::").expect("a message");
        assert_eq!(properties.matches(',').count(), 3, "{properties}");
    }
}

#[test]
fn a_manifest_cannot_make_reports_write_elsewhere() {
    let outside = tempfile::tempdir().expect("folder");
    let inside = tempfile::tempdir().expect("folder");
    let mut run = Run::new("escape");
    let absolute = outside.path().to_string_lossy().into_owned();
    let link = "link".to_owned();
    for folder in [
        "../elsewhere".to_owned(),
        absolute,
        ".".to_owned(),
        String::new(),
        link,
    ] {
        let mut record = record("ticket/escape", "chromium", "Escape", Verdict::Passed);
        record.folder = Some(folder);
        run.manifest.scenarios.push(record);
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path(), inside.path().join("link")).expect("link");
    run.manifest.write(inside.path()).expect("manifest");
    let written = write_all(inside.path(), &Options::default()).expect("reports");
    let names: Vec<PathBuf> = written
        .paths
        .iter()
        .filter_map(|path| path.file_name().map(PathBuf::from))
        .collect();
    assert_eq!(names, [PathBuf::from("junit.xml"), PathBuf::from("report.html")]);
    assert_eq!(written.notes.len(), 5);
    assert_eq!(std::fs::read_dir(outside.path()).expect("folder").count(), 0);
}

#[test]
fn a_cut_or_missing_journal_is_a_note() {
    let mut run = Run::new("cut");
    for name in ["whole", "cut", "spoiled", "missing"] {
        let (journal, _) = play(Plot::default(), "a.yaml");
        run.add(
            record(&format!("ticket/{name}"), "chromium", name, Verdict::Passed),
            journal,
        );
    }
    let folder = tempfile::tempdir().expect("folder");
    run.write(folder.path());
    let journal = |name: &str| folder.path().join(format!("ticket/{name}/chromium/events.jsonl"));
    let text = std::fs::read(journal("cut")).expect("journal");
    std::fs::write(journal("cut"), &text[..text.len() * 2 / 3]).expect("journal");
    let mut text = String::from_utf8(text).expect("text");
    text.insert_str(
        text.find('\n').expect("line") + 1,
        "{\"kind\":\"from the future\"}\nnot json\n",
    );
    std::fs::write(journal("spoiled"), [text.as_bytes(), b"\xff\xfe\n"].concat()).expect("journal");
    std::fs::remove_file(journal("missing")).expect("journal");

    let written = write_all(folder.path(), &Options::default()).expect("reports");
    assert_eq!(written.notes.len(), 3, "{:#?}", written.notes);
    assert!(written.notes[0].starts_with("ticket/cut (chromium): events.jsonl ends in the middle of line"));
    assert!(written.notes[1].contains(": 3 of "), "{}", written.notes[1]);
    assert!(written.notes[2].contains("cannot be read"));
    let report = Report::read(folder.path());
    let rows = |number: usize| {
        report.detail(number).expect("detail")["rows"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert!(rows(1) > 10 && rows(1) < rows(0));
    assert_eq!(rows(2), rows(0));
    assert_eq!(
        report.index["scenarios"][3]["notes"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_copied_directory_gives_the_same_reports() {
    let one = tempfile::tempdir().expect("folder");
    let other = tempfile::tempdir().expect("folder");
    let run = synthetic::catalogue("same", 16);
    let read = |folder: &std::path::Path| {
        run.write(folder);
        write_all(folder, &Options::default()).expect("reports");
        ["report.html", "junit.xml", "ticket/prefill/chromium/trace.har"]
            .map(|name| std::fs::read(folder.join(name)).expect("file"))
    };
    assert!(read(one.path()) == read(other.path()));
}

#[test]
fn a_directory_of_another_format_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let mut run = Run::new("future");
    run.manifest.format_version += 1;
    run.write(folder.path());
    let error = write_all(folder.path(), &Options::default()).expect_err("refused");
    assert!(error.to_string().contains("format version"), "{error}");
}
