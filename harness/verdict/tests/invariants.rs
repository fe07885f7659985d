//! What holds in every run, kept and broken.

mod transcript;

use journal::fact::ContractViolation;
use journal::fact::{
    Navigation, NavigationStage, Refusal, Settled, Staged, StepOutcome, TlsFailed, Unrouted, WebSocketFrame,
    WireDirection,
};
use journal::{Body, ExchangeId, Fact, Finding, Source};
use scenarios::{Catalogue, Play};
use serde_json::{Value, json};
use transcript::{APP, CRM, EMAIL, EVIL, TOKEN, Transcript};

/// A play of one step that expects nothing, with tolerances.
fn play(tolerate: &str) -> Play {
    let folder = tempfile::tempdir().expect("a folder");
    let area = folder.path().join("catalogue/demo");
    std::fs::create_dir_all(&area).expect("a folder");
    let text = format!("title: A demo\ncovers: [X]\nworld: demo\ntolerate: {tolerate}\nsteps:\n  - reload\n");
    std::fs::write(area.join("one.yaml"), text).expect("a file");
    let catalogue = Catalogue::load(folder.path()).unwrap_or_else(|problems| panic!("{}", problems[0]));
    catalogue.cases()[0]
        .instantiate(&|_| None, &[])
        .expect("nothing to replace")
}

fn judged(run: &Transcript, allowed: &Value) -> Vec<Finding> {
    run.step(0, StepOutcome::Done);
    verdict::judge(&run.events(), &play("[]"), &run.context(allowed, false))
}

/// Rule and title of each finding.
fn told(run: &Transcript, allowed: &Value) -> Vec<String> {
    judged(run, allowed)
        .iter()
        .map(|finding| {
            assert!(
                !finding.evidence.is_empty() && !finding.expected.is_empty(),
                "{finding:?}"
            );
            format!("{}: {} [{}]", finding.rule, finding.title, finding.actual)
        })
        .collect()
}

fn nothing() -> Value {
    json!([])
}

#[test]
fn a_quiet_run_passes() {
    let mut run = Transcript::new();
    run.exchange("GET", "https://app.example/", 200);
    run.console("warn", "only a warning");
    run.csp("img-src", "data", "report");
    run.refused("update.browser.example:443", Refusal::Quarantine, None);
    run.handed("mixpanel", "opened");
    run.telemetry("mixpanel", "opened", "opened", "i1", json!({}));
    run.fact(
        Source::Runner,
        Fact::Settled(Settled {
            rounds: 2,
            restless: vec![],
        }),
    );
    assert_eq!(told(&run, &nothing()), Vec::<String>::new());
}

#[test]
fn what_leaves_the_world_is_found_with_who_asked() {
    let run = Transcript::new();
    run.refused(
        "unlisted.example:443",
        Refusal::UnknownHost,
        Some("https://app.example"),
    );
    run.refused("app.example:8443", Refusal::UndeclaredPort, None);
    run.refused("elsewhere.example:443", Refusal::UnknownHost, None);
    run.refused("frame.example:443", Refusal::UnknownHost, None);
    assert_eq!(verdict::unexplained_refusals(&run.events()), 3);
    run.load_failed(CRM, "https://elsewhere.example/a.png");
    run.load_failed(APP, "https://elsewhere.example/b.png");
    run.load_failed(APP, "http://app.example/of-another-port.png");
    run.frame_failed("https://frame.example/page");
    assert_eq!(verdict::unexplained_refusals(&run.events()), 1);
    assert_eq!(
        told(&run, &nothing()),
        [
            "ALL-01: unlisted.example:443 was asked for, which is not in this world [https://app.example asked for unlisted.example:443: unknown-host]",
            "ALL-01: app.example:8443 was asked for, which is not in this world [somebody (nothing says who) asked for app.example:8443: undeclared-port]",
            "ALL-01: elsewhere.example:443 was asked for, which is not in this world [https://app.example and https://crm.example asked for elsewhere.example:443: unknown-host]",
            "ALL-01: frame.example:443 was asked for, which is not in this world [the navigation of a frame asked for frame.example:443: unknown-host]",
        ]
    );
}

#[test]
fn errors_and_violations_of_pages_are_found() {
    let run = Transcript::new();
    run.page_error("x is not a function", false);
    run.page_error("no such ticket", true);
    run.console("error", "oh no");
    run.csp("frame-src", CRM, "enforce");
    assert_eq!(
        told(&run, &nothing()),
        [
            "ALL-02: an uncaught error in https://app.example/page [x is not a function (https://app.example/a.js:3:7)]",
            "ALL-02: an unhandled rejection in https://app.example/page [no such ticket (https://app.example/a.js:3:7)]",
            "ALL-02: a console error in https://app.example/page [oh no]",
            "ALL-02: a CSP violation in https://app.example/page [frame-src blocked https://crm.example]",
        ]
    );
}

#[test]
fn mixed_content_is_found_once_for_each_address() {
    let run = Transcript::new();
    run.mixed_content(APP, "http://plain.example/a.js");
    run.mixed_content(CRM, "http://plain.example/b.js");
    run.mixed_content(APP, "http://plain.example/a.js");
    run.mixed_content(CRM, "http://plain.example/a.js");
    assert_eq!(
        told(&run, &nothing()),
        [
            "ALL-02: mixed content in https://app.example and https://crm.example [https://app.example and https://crm.example asked for http://plain.example/a.js, which does not come over TLS]",
            "ALL-02: mixed content in https://crm.example [https://crm.example asked for http://plain.example/b.js, which does not come over TLS]",
        ]
    );
}

#[test]
fn an_address_that_did_not_load_may_hold_what_a_request_to_it_may() {
    let run = Transcript::new();
    run.load_failed(APP, &format!("https://crm.example/x?token={TOKEN}"));
    run.mixed_content(APP, &format!("http://crm.example/x?token={TOKEN}"));
    let told = told(
        &run,
        &json!([{ "canary": "access_token", "places": [{ "in": "request", "to": ["https://crm.example"], "part": ["url"] }] }]),
    );
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[1].contains("ALL-03") && told[1].contains("the url of a request to http://crm.example /x"),
        "{told:#?}"
    );
}

#[test]
fn a_document_that_does_not_let_itself_be_embedded_is_found() {
    let mut run = Transcript::new();
    let load = |run: &mut Transcript, path: &str, status, headers: &[(&str, &str)]| {
        let url = format!("https://embed.example/{path}");
        run.full_exchange("GET", &url, &[], "", status, headers, "");
        run.frame_failed(&format!("{url}#part"));
    };
    load(
        &mut run,
        "policy",
        200,
        &[(
            "content-security-policy",
            "default-src 'self'; Frame-Ancestors 'none'",
        )],
    );
    load(&mut run, "field", 200, &[("x-frame-options", "DENY")]);
    load(
        &mut run,
        "both",
        200,
        &[
            ("x-frame-options", "DENY"),
            ("content-security-policy", "frame-ancestors 'self'"),
        ],
    );
    // These failed for another reason.
    load(
        &mut run,
        "neither",
        200,
        &[("content-security-policy", "default-src 'self'")],
    );
    run.request("GET", "https://embed.example/cut", &[], "");
    run.frame_failed("https://embed.example/cut");
    load(&mut run, "silent", 200, &[]);
    load(&mut run, "missing", 404, &[("x-frame-options", "DENY")]);
    let mentioned = json!({ "csp-violation": { "directive": "frame-ancestors", "count": 2 } });
    assert!(run.holds(mentioned));
    assert_eq!(
        told(&run, &nothing()),
        [
            "ALL-02: a document did not let itself be embedded: https://embed.example/policy#part [its frame-ancestors leaves out the page that tried]",
            "ALL-02: a document did not let itself be embedded: https://embed.example/field#part [its x-frame-options leaves out the page that tried]",
            "ALL-02: a document did not let itself be embedded: https://embed.example/both#part [its frame-ancestors leaves out the page that tried]",
        ]
    );
}

/// Where one canary was seen, given what is allowed.
fn leaks(run: &Transcript, allowed: &Value) -> Vec<String> {
    judged(run, allowed)
        .into_iter()
        .filter(|finding| finding.rule == "ALL-03")
        .map(|finding| finding.title)
        .collect()
}

#[test]
fn a_leak_is_found_wherever_it_is() {
    let mut run = Transcript::new();
    run.full_exchange(
        "POST",
        &format!("https://evil.example/collect?mail={}", EMAIL.replace('@', "%40")),
        &[
            ("referer", &format!("https://app.example/?e={EMAIL}")),
            ("cookie", &format!("theme=dark; mail={EMAIL}")),
        ],
        EMAIL,
        200,
        &[
            ("set-cookie", &format!("back={EMAIL}; Path=/")),
            ("location", &format!("/{EMAIL}")),
        ],
        EMAIL,
    );
    run.message(APP, EVIL, EVIL, &json!({ "customer": EMAIL }), true);
    run.console("info", EMAIL);
    run.page_error(EMAIL, false);
    run.telemetry("mixpanel", "opened", "opened", "i", json!({ "mail": EMAIL }));
    run.refused(&format!("https://{EMAIL}.example/"), Refusal::UnknownHost, None);
    run.fact(
        Source::Gateway,
        Fact::TlsFailed(TlsFailed {
            authority: EMAIL.to_owned(),
            reason: String::new(),
        }),
    );
    run.fact(
        Source::Browser,
        Fact::Navigation(Navigation {
            context: "c".to_owned(),
            top_level: true,
            url: format!("https://app.example/find?e={EMAIL}"),
            stage: NavigationStage::Committed,
        }),
    );
    run.observed(
        "storage",
        json!({ "origin": APP, "area": "local", "entries": { "last/mail": EMAIL } }),
    );
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(leaks(&run, &nothing()).join("\n")) });
}

#[test]
fn what_only_the_harness_writes_is_no_leak() {
    let mut run = Transcript::new();
    run.domain("crm-embed", "ticket-created", json!({ "mail": EMAIL }));
    run.observed("steps[0].expect[0]", json!({ "elements": [{ "text": EMAIL }] }));
    run.fact(
        Source::Runner,
        Fact::Staged(Staged {
            subject: "crm".to_owned(),
            direction: json!({ "mail": EMAIL }),
        }),
    );
    run.sent(EVIL, "*", &json!({ "customer": EMAIL }), true);
    run.received(EVIL, APP, &json!({ "customer": EMAIL }));
    assert_eq!(told(&run, &nothing()), Vec::<String>::new());
}

#[test]
fn allowed_places_admit_just_themselves() {
    let allowed = json!([
        { "canary": "access_token", "places": [
            { "in": "request", "to": ["crm"], "part": ["header:authorization", "cookie:sid"], "path": "/v1/*" },
            { "in": "response", "from": ["crm"], "part": ["body"] },
            { "in": "storage", "of": ["app"], "area": ["cookie"], "key": "token" },
            { "in": "address", "of": ["crm"], "path": "/embed*" },
        ] },
        { "canary": "contact_*", "places": [
            { "in": "message", "kind": ["INIT"], "from": ["app"], "to": ["crm"] },
            { "in": "telemetry", "sink": ["datadog"], "event": "view" },
            { "in": "console", "of": ["app"] },
        ] }
    ]);
    let bearer = format!("Bearer {TOKEN}");
    let mut run = Transcript::new();
    run.full_exchange(
        "GET",
        "https://crm.example/v1/me",
        &[("authorization", &bearer)],
        "",
        200,
        &[],
        TOKEN,
    );
    run.request(
        "GET",
        "https://crm.example/v1/me",
        &[("cookie", &format!("a=b; sid={TOKEN}"))],
        "",
    );
    run.observed(
        "storage",
        json!({ "origin": APP, "area": "cookie", "entries": { "token": TOKEN } }),
    );
    run.message(APP, CRM, CRM, &json!({ "customer": EMAIL }), true);
    run.telemetry("datadog", "view", "/", "v", json!({ "mail": EMAIL }));
    run.console("log", EMAIL);
    assert_eq!(told(&run, &allowed), Vec::<String>::new());

    let mut run = Transcript::new();
    run.request(
        "GET",
        "https://crm.example/v2/me",
        &[("authorization", &bearer)],
        "",
    );
    run.request(
        "GET",
        "https://app.example/v1/me",
        &[("authorization", &bearer)],
        "",
    );
    run.request(
        "GET",
        "https://crm.example/v1/me",
        &[("x-authorization", &bearer)],
        "",
    );
    run.request(
        "GET",
        "https://crm.example/v1/a",
        &[("cookie", &format!("sid={TOKEN}; copy={TOKEN}"))],
        "",
    );
    run.observed(
        "storage",
        json!({ "origin": APP, "area": "local", "entries": { "token": TOKEN } }),
    );
    run.observed(
        "storage",
        json!({ "origin": CRM, "area": "cookie", "entries": { "token": TOKEN } }),
    );
    run.message(
        APP,
        CRM,
        CRM,
        &json!({ "version": 1, "type": "READY", "mail": EMAIL }),
        true,
    );
    run.message(CRM, APP, APP, &json!({ "customer": EMAIL }), true);
    run.message(APP, EVIL, CRM, &json!({ "customer": EMAIL }), false);
    run.telemetry("datadog", "error", "oops", "e", json!({ "mail": EMAIL }));
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(leaks(&run, &allowed).join("\n")) });
}

#[test]
fn what_a_socket_carries_is_of_its_side() {
    let allowed = json!([{ "canary": "access_token", "places": [
        { "in": "request", "to": ["crm"], "part": ["body"] }
    ] }]);
    let mut run = Transcript::new();
    run.request("GET", "https://crm.example/socket", &[], "");
    let frame = |direction| {
        Fact::WebSocketFrame(WebSocketFrame {
            exchange: ExchangeId(1),
            direction,
            opcode: "text".to_owned(),
            payload: Body::from_wire(TOKEN.as_bytes(), None, None),
        })
    };
    run.fact(Source::Gateway, frame(WireDirection::ToServer));
    assert_eq!(leaks(&run, &allowed), Vec::<String>::new());
    run.fact(Source::Gateway, frame(WireDirection::ToClient));
    assert_eq!(
        leaks(&run, &allowed),
        ["access_token was seen in the body of a response of crm /socket"]
    );
}

#[test]
fn a_message_to_anyone_must_carry_nothing_watched_for() {
    let allowed = json!([{ "canary": "*", "places": [{ "in": "message", "kind": ["*"], "from": ["*"], "to": ["*"] }] }]);
    let mut run = Transcript::new();
    run.sent(APP, "*", &json!({ "version": 1, "type": "READY" }), false);
    run.sent(APP, CRM, &json!({ "customer": EMAIL }), false);
    run.sent(EVIL, "*", &json!({ "customer": EMAIL, "staged": true }), true);
    assert_eq!(told(&run, &allowed), Vec::<String>::new());
    run.sent(APP, "*", &json!({ "customer": EMAIL, "token": TOKEN }), false);
    assert_eq!(
        told(&run, &allowed),
        ["ALL-04: app posted access_token, contact_email to whoever listens [target origin *]"]
    );
}

#[test]
fn requests_that_break_a_contract_are_found() {
    let run = Transcript::new();
    run.fact(
        Source::Mock("crm-api".to_owned()),
        Fact::ContractViolation(ContractViolation {
            mock: "crm-api".to_owned(),
            operation: "POST /v1/leads/{id}".to_owned(),
            errors: vec!["/name: missing".to_owned(), "/age: no number".to_owned()],
        }),
    );
    run.fact(
        Source::Mock("crm-api".to_owned()),
        Fact::Unrouted(Unrouted {
            mock: "crm-api".to_owned(),
            method: "GET".to_owned(),
            path: "/v9".to_owned(),
        }),
    );
    assert_eq!(
        told(&run, &nothing()),
        [
            "ALL-05: a request broke the contract of crm-api: POST /v1/leads/{id} [/name: missing; /age: no number]",
            "ALL-05: crm-api has no route for GET /v9 [GET /v9]",
        ]
    );
}

#[test]
fn a_browser_that_goes_round_in_circles_is_found() {
    let document = [("sec-fetch-dest", "document")];
    let mut run = Transcript::new();
    for round in 0..5 {
        run.full_exchange("GET", &format!("{APP}/?n={round}"), &document, "", 302, &[], "");
        run.full_exchange(
            "GET",
            &format!("{CRM}/login?n={round}"),
            &document,
            "",
            302,
            &[],
            "",
        );
    }
    assert_eq!(
        told(&run, &nothing()),
        [format!(
            "LOOP: the browser was sent round in circles [{APP}/ → {CRM}/login → … 5 times]"
        )]
    );
}

#[test]
fn documents_that_a_person_asks_for_and_parts_of_pages_are_no_circle() {
    let mut run = Transcript::new();
    for _ in 0..8 {
        run.full_exchange(
            "GET",
            &format!("{APP}/"),
            &[("sec-fetch-dest", "document")],
            "",
            200,
            &[],
            "",
        );
        run.full_exchange(
            "GET",
            &format!("{CRM}/poll"),
            &[("sec-fetch-dest", "empty")],
            "",
            200,
            &[],
            "",
        );
        run.step(0, StepOutcome::Done);
    }
    assert_eq!(told(&run, &nothing()), Vec::<String>::new());
}

#[test]
fn telemetry_is_neither_lost_nor_multiplied() {
    let run = Transcript::new();
    run.handed("mixpanel", "[App] Opened");
    run.handed("mixpanel", "[App] Opened");
    run.telemetry("mixpanel", "opened", "[App] Opened", "i1", json!({}));
    // Sent again under its identity: an SDK may, and the intake can tell.
    run.telemetry("mixpanel", "opened", "[App] Opened", "i1", json!({}));
    run.handed("datadog", "dropped");
    run.telemetry("datadog", "action", "dropped", "a", json!({}));
    run.telemetry("datadog", "action", "dropped", "b", json!({}));
    // What the SDK sends by itself was never handed over.
    run.telemetry("datadog", "view", "/", "v", json!({}));
    let expected = [
        "ALL-06: telemetry was multiplied: datadog `dropped` [handed over once, arrived 2 times]",
        "ALL-06: telemetry was lost: mixpanel `[App] Opened` [handed over 2 times, arrived once]",
    ];
    assert_eq!(told(&run, &nothing()), expected);
    let pristine = run.context(&nothing(), true);
    assert!(verdict::judge(&run.events(), &play("[]"), &pristine).is_empty());
    let context = run.context(&nothing(), false);
    assert_eq!(
        verdict::pending_at_the_end(&run.events(), &play("[]"), &context),
        1
    );
}

#[test]
fn lost_telemetry_is_told_with_the_requests_that_its_page_gave_up() {
    let run = Transcript::new();
    // Earlier, and elsewhere: neither can have carried it.
    run.load_failed(APP, "https://intake.example/early");
    let handed = run.handed("datadog", "dropped");
    run.load_failed(CRM, "https://intake.example/of-another-frame");
    let given_up = run.load_failed(APP, "https://intake.example/rum?batch=1");
    let again = run.load_failed(APP, "https://intake.example/rum?batch=2");
    run.fact(
        Source::Browser,
        Fact::Navigation(Navigation {
            context: transcript::frame(APP).context,
            top_level: true,
            url: format!("{APP}/next"),
            stage: NavigationStage::Committed,
        }),
    );
    run.load_failed(APP, "https://intake.example/of-the-next-page");
    let findings = judged(&run, &nothing());
    assert_eq!(
        findings[0].actual,
        "handed over once, arrived 0 times; the page that handed it over had requests that came to nothing, as they do \
         when it is left meanwhile: https://intake.example/rum"
    );
    assert_eq!(findings[0].evidence, [handed, given_up, again]);
}

#[test]
fn a_restless_world_proves_no_absence() {
    let run = Transcript::new();
    run.fact(
        Source::Runner,
        Fact::Settled(Settled {
            rounds: 9,
            restless: vec!["a timer".to_owned(), "a request".to_owned()],
        }),
    );
    assert_eq!(
        told(&run, &nothing()),
        ["SETTLE: the world did not come to rest [a timer; a request]"]
    );
}

#[test]
fn tolerances_take_out_what_they_name_and_must_meet_something() {
    let run = Transcript::new();
    run.page_error("meant", false);
    run.page_error("not meant", true);
    run.step(0, StepOutcome::Done);
    let context = run.context(&nothing(), false);
    let left = |tolerate: &str| -> Vec<String> {
        verdict::judge(&run.events(), &play(tolerate), &context)
            .into_iter()
            .map(|finding| format!("{}: {}", finding.rule, finding.actual))
            .collect()
    };
    assert_eq!(
        left("[{ rule: ALL-02, because: all are meant }]"),
        Vec::<String>::new()
    );
    assert_eq!(
        left("[{ rule: ALL-02, containing: not meant, because: it is }]"),
        ["ALL-02: meant (https://app.example/a.js:3:7)"]
    );
    let stale = verdict::judge(
        &run.events(),
        &play("[{ rule: ALL-02, because: x }, { rule: ALL-01, containing: y, because: x }]"),
        &context,
    );
    assert_eq!(stale.len(), 1);
    assert_eq!(stale[0].rule, "tolerate");
    assert_eq!(stale[0].location.as_ref().map(|place| place.line), Some(4));
}
