//! `report.html`: what it says, and that it stays inert.

mod synthetic;

use journal::run::Verdict;
use reports::{Options, Screenshots, write_all, write_html};
use synthetic::page::{Report, text};
use synthetic::{Plot, Run, catalogue, play, record};

fn report(run: &Run) -> (tempfile::TempDir, Report) {
    let folder = tempfile::tempdir().expect("folder");
    run.write(folder.path());
    write_all(folder.path(), &Options::default()).expect("reports");
    let report = Report::read(folder.path());
    (folder, report)
}

fn one(plot: Plot) -> (tempfile::TempDir, Report) {
    let mut run = Run::new("one");
    let (journal, evidence) = play(plot, "scenarios/ticket/one.yaml");
    let mut record = record("ticket/one", "chromium", "One", Verdict::Failed);
    record.findings = vec![synthetic::finding("expect", "wrong", "right", "wrong", &evidence)];
    run.add(record, journal);
    report(&run)
}

fn has(transcript: &[String], line: &str) -> bool {
    transcript.iter().any(|row| row == line)
}

#[test]
fn a_message_goes_from_document_to_document_and_a_request_over_the_wire() {
    let (_folder, report) = one(Plot::default());
    let rows = report.transcript(0);
    for line in [
        "step: open /customers/123",
        "request browser → @customer-detail: GET /customers/123 200",
        "navigation browser → customer-detail: /customers/123",
        "navigation customer-detail → sso: /login?return_to=%2Fauthorize",
        "request customer-detail → @c360: GET /v1/me 200",
        "message crm → customer-detail: EMBED_READY",
        "message customer-detail → crm: {contactName, locale, qontakCustomerId, roomId, version}",
        "request crm → @crm: POST /api/mobile/v2.8/tickets 201",
        "note @crm: ticket-created",
        "telemetry customer-detail → @mixpanel: cdp_ticket_embed_opened 200",
        "telemetry customer-detail → @rum: view, resource ×3 202",
        "state browser: {\"role\":\"status\",\"text\":\"Ticket created successfully\"}",
    ] {
        assert!(has(&rows, line), "`{line}` is missing in\n{}", rows.join("\n"));
    }
}

#[test]
fn static_files_of_a_step_and_preflights_take_no_rows_of_their_own() {
    let (_folder, report) = one(Plot::default());
    let rows = report.transcript(0);
    assert!(has(
        &rows,
        "assets customer-detail → @customer-detail: 8 static files"
    ));
    assert!(
        !rows
            .iter()
            .any(|row| row.contains("main.js") || row.contains("OPTIONS"))
    );
    let detail = report.detail(0).expect("detail");
    let token = detail["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| text(&row["label"]) == "POST /token");
    let token = token.expect("token request");
    assert_eq!(text(&token["detail"]), "after preflight");
    assert_eq!(
        token["events"].as_array().map(Vec::len),
        Some(4),
        "both exchanges are behind the row"
    );
}

#[test]
fn a_dropped_message_points_where_it_was_meant_to_go() {
    let (_folder, report) = one(Plot {
        dropped: true,
        ..Plot::default()
    });
    let detail = report.detail(0).expect("detail");
    let rows = detail["rows"].as_array().expect("rows");
    let dropped = rows
        .iter()
        .find(|row| row["dropped"] == true)
        .expect("a dropped message");
    assert_eq!(
        text(&dropped["detail"]),
        "dropped, meant for https://crm.qontak.com"
    );
    assert!(
        report
            .transcript(0)
            .iter()
            .any(|row| row.starts_with("message customer-detail → crm dropped: "))
    );
}

#[test]
fn an_attacker_is_foreign_and_its_staged_message_is_said_to_be() {
    let (_folder, report) = one(Plot {
        spoofed: true,
        ..Plot::default()
    });
    assert!(has(
        &report.transcript(0),
        "message attacker → customer-detail staged: EMBED_READY"
    ));
    let detail = report.detail(0).expect("detail");
    let lanes = detail["lanes"].as_array().expect("lanes");
    let foreign: Vec<&str> = lanes
        .iter()
        .filter(|lane| lane["foreign"] == true)
        .map(|lane| text(&lane["name"]))
        .collect();
    assert_eq!(foreign, ["attacker"]);
    let sides: Vec<&str> = lanes.iter().map(|lane| text(&lane["side"])).collect();
    assert!(sides.is_sorted_by_key(|side| {
        ["browser", "page", "server", "outside"]
            .iter()
            .position(|known| known == side)
    }));
}

#[test]
fn what_the_gateway_refused_ends_outside_of_the_world() {
    let (_folder, report) = one(Plot {
        noisy: true,
        ..Plot::default()
    });
    let rows = report.transcript(0);
    assert!(has(
        &rows,
        "refused customer-detail → outside: fonts.googleapis.com:443"
    ));
    assert!(
        rows.iter()
            .any(|row| row.starts_with("note customer-detail: error: TypeError"))
    );
}

#[test]
fn a_step_keeps_what_was_seen_and_its_screenshot() {
    let (_folder, report) = one(Plot {
        blocked: true,
        ..Plot::default()
    });
    let detail = report.detail(0).expect("detail");
    let steps = detail["steps"].as_array().expect("steps");
    let last = steps.last().expect("a step");
    assert_eq!(text(&last["outcome"]), "blocked");
    assert!(text(&last["reason"]).starts_with("textbox “Title” never came"));
    assert_eq!(text(&last["shots"][0]["file"]), "step-005.png");
    assert_eq!(last["took"], 3_000_240);
}

/// A run of two scenarios with screenshots, and what its report says of them: in the index, and each one's source.
fn shown(folder: &std::path::Path, screenshots: Screenshots) -> (serde_json::Value, Vec<String>) {
    let mut options = Options::default();
    options.screenshots = screenshots;
    write_html(folder, &options).expect("report");
    let report = Report::read(folder);
    let mut sources = Vec::new();
    for number in 0..2 {
        let detail = report.detail(number).expect("detail");
        let steps = detail["steps"].as_array().expect("steps");
        let shots = steps
            .iter()
            .flat_map(|step| step["shots"].as_array().expect("shots"));
        sources.extend(shots.map(|shot| text(&shot["src"]).to_owned()));
    }
    (report.index["run"]["screenshots"].clone(), sources)
}

fn two_with_screenshots() -> tempfile::TempDir {
    let mut run = Run::new("two");
    for id in ["ticket/one", "ticket/two"] {
        let (journal, _) = play(Plot::default(), "scenarios/ticket/one.yaml");
        run.add(record(id, "chromium", "One", Verdict::Passed), journal);
    }
    let folder = tempfile::tempdir().expect("folder");
    run.write(folder.path());
    folder
}

#[test]
fn screenshots_are_in_the_report_as_long_as_they_are_small_together() {
    let folder = two_with_screenshots();
    let inside = |sources: &[String]| {
        sources
            .iter()
            .filter(|source| source.starts_with("data:image/png;base64,"))
            .count()
    };
    let (facts, sources) = shown(folder.path(), Screenshots::default());
    assert!(!sources.is_empty());
    assert_eq!(inside(&sources), sources.len());
    assert_eq!(facts["inside"], true);
    assert_eq!(facts["count"], sources.len());

    let bytes = facts["bytes"].as_u64().expect("bytes");
    let (facts, sources) = shown(folder.path(), Screenshots::UpTo(bytes));
    assert_eq!(
        (facts["inside"].as_bool(), inside(&sources)),
        (Some(true), sources.len())
    );
    let (facts, sources) = shown(folder.path(), Screenshots::UpTo(bytes - 1));
    assert_eq!((facts["inside"].as_bool(), inside(&sources)), (Some(false), 0));
    assert!(
        sources[0].starts_with("./ticket/one/chromium/step-0"),
        "{sources:?}"
    );
}

#[test]
fn screenshots_are_where_they_are_wished() {
    let folder = two_with_screenshots();
    let big = folder.path().join("ticket/two/chromium/step-999.png");
    let file = std::fs::File::create(big).expect("a screenshot");
    file.set_len(Screenshots::USUAL_LIMIT).expect("a large one");
    let is_inside = |screenshots| {
        let (facts, sources) = shown(folder.path(), screenshots);
        assert!(!sources.is_empty());
        let all = |inside| sources.iter().all(|source| source.starts_with("data:") == inside);
        let inside = facts["inside"].as_bool().expect("a fact");
        assert!(all(inside), "{sources:?}");
        inside
    };
    assert!(!is_inside(Screenshots::default()), "a large run still opens fast");
    assert!(is_inside(Screenshots::Inside));
    assert!(!is_inside(Screenshots::Beside));
}

#[cfg(unix)]
#[test]
fn a_screenshot_that_leads_out_of_the_directory_is_left_out() {
    let folder = two_with_screenshots();
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "private").expect("a text");
    let (_, sources) = shown(folder.path(), Screenshots::Beside);
    let shot = folder.path().join(&sources[0]);
    std::fs::remove_file(&shot).expect("a screenshot");
    std::os::unix::fs::symlink(secret.path(), &shot).expect("a link");
    let (facts, rest) = shown(folder.path(), Screenshots::Inside);
    assert_eq!(rest.len(), sources.len() - 1);
    assert_eq!(facts["count"], rest.len());
}

#[test]
fn what_left_no_journal_is_told_by_how_it_ended() {
    let (_folder, report) = report(&catalogue("run", 16));
    let scenarios = report.index["scenarios"].as_array().expect("scenarios");
    let has_journal = |verdict: &str| -> Vec<bool> {
        let of_verdict = scenarios
            .iter()
            .enumerate()
            .filter(|(_, scenario)| text(&scenario["verdict"]) == verdict);
        of_verdict
            .map(|(place, _)| report.detail(place).is_some())
            .collect()
    };
    assert_eq!(has_journal("broken"), [true, false]);
    assert_eq!(has_journal("skipped"), [false]);
    // The page's own words for the two.
    assert!(
        report
            .html
            .contains("broken: \"It broke, and its record names no journal.")
    );
    assert!(report.html.contains("skipped: \"It was not played"));
    assert!(!report.html.contains("It was not run"));
}

#[test]
fn answers_become_one_table_a_question_with_engines_side_by_side() {
    let (_folder, report) = report(&catalogue("run", 20));
    let questions = report.index["questions"].as_array().expect("questions");
    let first = &questions[0];
    assert_eq!(text(&first["id"]), "OQ-2");
    assert_eq!(first["engines"], serde_json::json!(["chromium", "firefox"]));
    assert_eq!(
        first["case"],
        serde_json::json!(["auth", "site", "third-party cookies"])
    );
    assert_eq!(first["observed"], serde_json::json!(["create ticket", "form"]));
    let rows = first["rows"].as_array().expect("rows");
    let partitioned = rows
        .iter()
        .find(|row| row["case"] == serde_json::json!(["cookie", "cross", "partitioned"]))
        .expect("the case");
    assert_eq!(text(&partitioned["cells"][0][0][0]["value"]), "401");
    assert_eq!(text(&partitioned["cells"][1][0][0]["value"]), "201");
}

#[test]
fn the_policy_admits_this_script_and_style_and_no_network() {
    let (_folder, report) = report(&catalogue("run", 14));
    let policy = report.policy();
    assert_eq!(policy["default-src"], ["'none'"]);
    assert_eq!(policy["script-src"], [report.hash_of("<script>")]);
    assert_eq!(policy["style-src"], [report.hash_of("<style>")]);
    assert_eq!(policy["img-src"], ["'self'", "data:", "file:"]);
    for directive in ["base-uri", "form-action"] {
        assert_eq!(policy[directive], ["'none'"]);
    }
    for (directive, values) in &policy {
        let open = values
            .iter()
            .any(|value| value.contains("unsafe") || value.contains("http") || value == "*");
        assert!(!open, "{directive} admits {values:?}");
    }
}

#[test]
fn bodies_are_cut_and_say_where_the_rest_is() {
    let mut run = Run::new("long");
    let mut stage = synthetic::Stage::new("a.yaml");
    let long = "{\"data\":\"".to_owned() + &"ü".repeat(40_000) + "\"}";
    stage.exchange(&synthetic::Call {
        answer: &long,
        ..synthetic::Call::get("https://c360.qontak.com/v1/me", "https://customers.qontak.com")
    });
    let source = "const a = 1;\n".repeat(900);
    stage.exchange(&synthetic::Call::asset(
        "https://customers.qontak.com/main.js",
        "https://customers.qontak.com",
        "script",
        &source,
    ));
    run.add(
        record("ticket/long", "chromium", "Long", Verdict::Passed),
        stage.events,
    );
    let (_folder, report) = report(&run);
    let detail = report.detail(0).expect("detail");
    let kept = text(&detail["events"][1]["f"]["body"]["text"]);
    assert!(kept.len() < 4200, "{} bytes are kept", kept.len());
    assert!(kept.ends_with("more bytes in events.jsonl)"));
    let asset = &detail["events"][3]["f"]["body"];
    assert_eq!(asset["text"], serde_json::Value::Null);
    assert_eq!(
        text(&asset["note"]),
        "static file: its text is in events.jsonl only"
    );
}

#[test]
fn earlier_runs_are_shown_only_when_asked_for() {
    let runs = tempfile::tempdir().expect("folder");
    let mut before = catalogue("run-1", 14);
    before.manifest.began_ms -= 60_000;
    before.manifest.scenarios[3].verdict = Verdict::Failed;
    before.write(&runs.path().join("run-1"));
    std::fs::create_dir(runs.path().join("no-run")).expect("folder");
    let now = runs.path().join("run-2");
    catalogue("run-2", 14).write(&now);

    write_html(&now, &Options::default()).expect("report");
    assert_eq!(Report::read(&now).index.get("history"), None);

    let mut options = Options::default();
    options.history = Some(runs.path().to_owned());
    write_html(&now, &options).expect("report");
    let past = &Report::read(&now).index["history"];
    assert_eq!(text(&past["runs"][0]["id"]), "run-1");
    assert_eq!(past["runs"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        past["changes"],
        serde_json::json!([{"scenario": 3, "before": "failed"}])
    );
}
