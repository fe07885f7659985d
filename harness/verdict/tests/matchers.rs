//! Each kind of expectation, kept and broken.

mod transcript;

use journal::fact::Refusal;
use serde_json::{Value, json};
use transcript::{APP, CRM, EMAIL, EVIL, Transcript, expected};

fn ready() -> Value {
    json!({ "version": 1, "type": "READY" })
}

#[test]
fn messages_are_told_apart_by_route_kind_and_data() {
    let mut run = Transcript::new();
    run.message(CRM, APP, APP, &ready(), true);
    run.mark("opened");
    run.message(APP, CRM, CRM, &json!({ "customer": "123", "note": null }), true);
    run.message(APP, EVIL, CRM, &json!({ "customer": "456" }), false);

    for kept in [
        json!({ "from": "crm", "to": "app", "kind": "READY", "count": 1 }),
        json!({ "from": "app", "kind": "INIT", "count": 2 }),
        json!({ "from": "app", "kind": "INIT", "received": true, "count": 1 }),
        json!({ "from": "app", "received": false, "target-origin": "crm", "count": 1 }),
        json!({ "from": "app", "to": "crm", "with": { "customer": "123" }, "without": ["type"], "count": 1 }),
        json!({ "from": "app", "to": "crm", "count": 2 }),
        json!({ "from": "attacker", "count": 0 }),
        json!({ "from": "crm", "since": "opened", "count": 0 }),
        json!({ "kind": "CLOSE", "count": { "at-most": 0 } }),
    ] {
        let outcome = run.check(json!({ "message": kept }));
        assert!(outcome.holds, "{outcome:?}");
    }
    for broken in [
        json!({ "from": "app", "count": 0 }),
        json!({ "from": "crm", "kind": "INIT" }),
        json!({ "from": "app", "to": "crm", "with": { "customer": "789" } }),
        json!({ "from": "app", "to": "crm", "without": ["customer"] }),
        json!({ "from": "app", "to": "crm", "with": { "customer": "123" }, "without": ["note"] }),
        json!({ "from": "app", "target-origin": "*" }),
        json!({ "from": "app", "since": "never-reached" }),
    ] {
        assert!(!run.holds(json!({ "message": broken.clone() })), "{broken}");
    }
}

#[test]
fn messages_of_steps_count_only_when_asked_for() {
    let mut run = Transcript::new();
    run.sent(EVIL, "*", &ready(), true);
    run.received(EVIL, APP, &ready());
    assert!(run.holds(json!({ "message": { "from": "attacker", "count": 0 } })));
    assert!(run.holds(
        json!({ "message": { "from": "attacker", "staged": true, "received": true, "kind": "READY", "count": 1 } })
    ));
}

/// The journal has a pseudonym there, and a part of a value is none.
#[test]
fn a_part_of_a_watched_value_is_found() {
    let mut run = Transcript::new();
    let body = json!({ "to": EMAIL }).to_string();
    let url = format!("{CRM}/mail/{EMAIL}?of=ayu%40customer.example");
    run.full_exchange(
        "POST",
        &url,
        &[("cookie", "m=ayu@customer.example")],
        &body,
        200,
        &[],
        &body,
    );
    run.message(APP, CRM, CRM, &json!({ "email": EMAIL }), true);
    run.telemetry("mixpanel", "sent", "sent", "i1", json!({ "email": EMAIL }));
    run.console("error", &format!("no mail to {EMAIL}"));
    for kept in [
        json!({ "request": { "body": { "to": { "$contains": "@customer" } }, "count": 1 } }),
        json!({ "request": { "response-body": { "to": { "$matches": "^ayu@[a-z.]+$" } }, "count": 1 } }),
        json!({ "request": { "query": { "of": { "$starts-with": "ayu@" } }, "count": 1 } }),
        json!({ "request": { "cookies": { "m": { "$ends-with": ".example" } }, "count": 1 } }),
        json!({ "request": { "path": "/mail/ayu@*", "count": 1 } }),
        json!({ "message": { "with": { "email": { "$not": { "$contains": "budi" } } }, "count": 1 } }),
        json!({ "telemetry": { "sink": "mixpanel", "with": { "email": { "$contains": "@" } }, "count": 1 } }),
        json!({ "error": { "text": { "$contains": "mail to ayu" }, "count": 1 } }),
    ] {
        let outcome = run.check(kept);
        assert!(outcome.holds, "{outcome:?}");
    }
    let seen = json!({ "elements": [{ "visible": true, "text": format!("Mail to {EMAIL}") }] });
    let seen = run.recorder.redact(seen);
    let without =
        json!({ "page": { "element": { "css": "p" }, "text": { "$not": { "$contains": "customer" } } } });
    let context = run.context(&json!([]), false);
    assert!(!verdict::check_observation(&expected(without), &seen, &context).holds);
}

/// Who handed it on in another writing has changed it.
#[test]
fn a_watched_value_in_another_writing_is_another_value() {
    for changed in [
        "AYU@customer.example",
        "ayu%40customer.example",
        "ayu\\u0040customer.example",
    ] {
        let mut run = Transcript::new();
        run.message(APP, CRM, CRM, &json!({ "email": changed }), true);
        run.exchange(
            "GET",
            &format!("{CRM}/x?mail={}", changed.replace('%', "%25")),
            200,
        );
        assert!(
            !format!("{:?}", run.events())
                .to_lowercase()
                .contains("customer.example")
        );
        assert!(
            !run.holds(json!({ "message": { "with": { "email": EMAIL } } })),
            "{changed}"
        );
        assert!(
            !run.holds(json!({ "request": { "query": { "mail": EMAIL } } })),
            "{changed}"
        );
    }
}

#[test]
fn a_number_that_is_watched_for_is_compared_as_one() {
    let mut run = Transcript::new();
    run.recorder
        .watch_for(journal::Canary::new("contact_phone", "62811555123"));
    run.message(APP, CRM, CRM, &json!({ "phone": 62_811_555_123_u64 }), true);
    let body = r#"{"phone":62811555123,"kind":"mobile"}"#;
    run.full_exchange("POST", "https://crm.example/x", &[], body, 200, &[], "");
    assert!(!format!("{:?}", run.events()).contains("62811555123"));
    assert!(run.holds(json!({ "message": { "with": { "phone": 62_811_555_123_u64 } } })));
    assert!(run.holds(json!({ "request": { "body": { "phone": 62_811_555_123_u64, "kind": "mobile" } } })));
}

/// A long body is judged to its end, though the journal's file holds but the beginning.
#[test]
fn a_body_is_judged_whole_or_not_at_all() {
    let mut run = Transcript::new();
    let long = json!({ "rows": "x".repeat(200_000), "last": EMAIL }).to_string();
    run.full_exchange("POST", "https://crm.example/long", &[], &long, 200, &[], &long);
    assert!(run.holds(json!({ "request": { "body": { "last": EMAIL }, "count": 1 } })));
    assert!(!run.holds(json!({ "request": { "response-body": { "last": EMAIL }, "count": 0 } })));
    // Of this one the coding is not known: what is in it cannot be told.
    let mut request = run.events().iter().find_map(|event| match &event.fact {
        journal::Fact::Request(request) => Some(request.clone()),
        _ => None,
    });
    let mut request = request.take().expect("a request");
    request.exchange = journal::ExchangeId(9);
    request.url = "https://crm.example/coded".to_owned();
    request.body = journal::Body::from_wire(b"\xff\x00coded", Some("application/json"), Some("rot13"));
    run.fact(journal::Source::Gateway, journal::Fact::Request(request));
    for unknown in [
        json!({ "request": { "path": "/coded", "body": { "$contains": "a" }, "count": 0 } }),
        json!({ "request": { "path": "/coded", "body": { "$contains": "a" } } }),
    ] {
        let outcome = run.check(unknown);
        assert!(
            !outcome.holds && outcome.actual.contains("`rot13` could not be undone"),
            "{outcome:?}"
        );
    }
    assert!(run.holds(json!({ "request": { "path": "/coded", "count": 1 } })));
}

#[test]
fn expected_data_is_compared_with_what_was_redacted() {
    let mut run = Transcript::new();
    run.message(APP, CRM, CRM, &json!({ "customer": "1", "email": EMAIL }), true);
    run.full_exchange(
        "POST",
        "https://crm.example/x",
        &[],
        &json!({ "email": EMAIL }).to_string(),
        200,
        &[],
        "",
    );
    assert!(!format!("{:?}", run.events()).contains(EMAIL));
    assert!(run.holds(json!({ "message": { "with": { "email": EMAIL }, "count": 1 } })));
    assert!(!run.holds(json!({ "message": { "with": { "email": "someone@else.example" } } })));
    assert!(run.holds(json!({ "request": { "body": { "email": EMAIL }, "count": 1 } })));
}

#[test]
fn requests_are_told_apart_by_every_part() {
    let mut run = Transcript::new();
    run.full_exchange(
        "POST",
        "https://crm.example/v1/leads/123/tickets/t-1?page=2&empty=",
        &[
            ("origin", APP),
            ("content-type", "application/json"),
            ("cookie", "a=1; session=x=y"),
            ("x-twice", "one"),
            ("x-twice", "two"),
        ],
        r#"{"ticket":{"name":"Broken","ids":[1,2]}}"#,
        500,
        &[("access-control-allow-origin", APP)],
        r#"{"error":{"code":"oops"}}"#,
    );
    run.full_exchange(
        "OPTIONS",
        "https://crm.example/v1/leads/123/tickets/t-1",
        &[("origin", APP)],
        "",
        204,
        &[],
        "",
    );
    run.full_exchange(
        "POST",
        "https://crm.example/login",
        &[
            ("referer", "https://crm.example/login?x=1"),
            ("content-type", "application/x-www-form-urlencoded"),
        ],
        "email=a%40b&password=c+d",
        303,
        &[],
        "",
    );
    for kept in [
        json!({ "to": "crm", "method": "post", "path": "/v1/leads/*/tickets/*", "count": 1 }),
        json!({ "path": "/v1/**", "count": 1 }),
        json!({ "path": "/v1/*", "count": 0 }),
        json!({ "method": "OPTIONS", "count": 1 }),
        json!({ "to": "crm", "count": 2 }),
        json!({ "from": "app", "count": 1 }),
        json!({ "from": "crm", "path": "/login", "count": 1 }),
        json!({ "query": { "page": 2, "empty": "", "other": { "$absent": true } }, "count": 1 }),
        json!({ "headers": { "Content-Type": { "$starts-with": "application/json" }, "x-twice": "one, two" }, "count": 1 }),
        json!({ "cookies": { "session": "x=y", "a": { "$any": true } }, "count": 1 }),
        json!({ "body": { "ticket": { "name": "Broken", "ids": [1, 2] } }, "count": 1 }),
        json!({ "body": { "email": "a@b", "password": "c d" }, "count": 1 }),
        json!({ "status": { "$at-least": 500 }, "count": 1 }),
        json!({ "status": 303, "response-body": { "$absent": true }, "count": 1 }),
        json!({ "response-headers": { "Access-Control-Allow-Origin": APP }, "count": 1 }),
        json!({ "response-body": { "error": { "code": "oops" } }, "count": 1 }),
        json!({ "to": "https://elsewhere.example", "count": 0 }),
    ] {
        let outcome = run.check(json!({ "request": kept }));
        assert!(outcome.holds, "{kept}: {outcome:?}");
    }
    for broken in [
        json!({ "to": "app" }),
        json!({ "to": "crm", "count": 1 }),
        json!({ "status": 200 }),
        json!({ "body": { "ticket": { "ids": [1] } } }),
        json!({ "cookies": { "session": "x" } }),
        json!({ "from": "attacker" }),
    ] {
        assert!(!run.holds(json!({ "request": broken.clone() })), "{broken}");
    }
}

#[test]
fn redirects_are_counted() {
    let mut run = Transcript::new();
    for (url, next) in [("/a", "/b"), ("/b", "https://crm.example/c")] {
        let url = format!("{CRM}{url}");
        run.full_exchange("GET", &url, &[], "", 302, &[("location", next)], "");
    }
    run.exchange("GET", "https://crm.example/c", 200);
    assert!(run.holds(json!({ "request": { "path": "/c", "hops-at-most": 2, "count": 1 } })));
    assert!(run.holds(json!({ "request": { "path": "/c", "hops-at-most": 1, "count": 0 } })));
}

/// A pseudonym in the way there, and a fragment, which no request has.
#[test]
fn redirects_are_counted_whatever_their_address_has() {
    let mut run = Transcript::new();
    let next = format!("/b?mail={EMAIL}#top");
    run.full_exchange(
        "GET",
        "https://crm.example/a",
        &[],
        "",
        302,
        &[("location", &next)],
        "",
    );
    run.exchange("GET", &format!("{CRM}/b?mail={EMAIL}"), 200);
    assert!(!run.holds(json!({ "request": { "path": "/b", "hops-at-most": 0 } })));
    assert!(run.holds(json!({ "request": { "path": "/b", "hops-at-most": 1 } })));
}

/// Who comes to an address by itself came there by no redirect, though one led there before.
#[test]
fn a_redirect_is_followed_once() {
    let mut run = Transcript::new();
    run.full_exchange(
        "GET",
        "https://crm.example/a",
        &[],
        "",
        302,
        &[("location", "/b")],
        "",
    );
    run.exchange("GET", "https://crm.example/b", 200);
    run.mark("later");
    run.exchange("GET", "https://crm.example/b", 200);
    assert!(
        run.holds(json!({ "request": { "path": "/b", "since": "later", "hops-at-most": 0, "count": 1 } }))
    );
}

#[test]
fn the_last_status_is_read_off() {
    let mut run = Transcript::new();
    run.exchange("POST", "https://crm.example/t", 401);
    run.exchange("POST", "https://crm.example/t", 201);
    let context = run.context(&json!([]), false);
    let status = |wanted: Value, run: &Transcript| {
        let wanted = serde_json::from_value(wanted).expect("a request");
        verdict::last_status(&wanted, &run.events(), &context)
    };
    assert_eq!(status(json!({ "to": "crm", "method": "POST" }), &run), Some(201));
    assert_eq!(status(json!({ "to": "app" }), &run), None);
    run.request("POST", "https://crm.example/t", &[], "");
    assert_eq!(
        status(json!({ "to": "crm" }), &run),
        None,
        "the last one is unanswered"
    );
}

#[test]
fn requests_are_counted_without_those_that_come_close() {
    let mut run = Transcript::new();
    run.exchange("POST", "https://crm.example/t", 401);
    run.exchange("POST", "https://crm.example/t", 201);
    let context = run.context(&json!([]), false);
    let count = |wanted: Value| {
        let wanted = serde_json::from_value(wanted).expect("a request");
        verdict::request_count(&wanted, &run.events(), &context)
    };
    assert_eq!(count(json!({ "to": "crm" })), 2);
    assert_eq!(count(json!({ "to": "crm", "status": 201 })), 1);
    assert_eq!(count(json!({ "to": "crm", "status": 500 })), 0);
}

#[test]
fn requests_of_servers_are_told_from_those_of_browsers() {
    let mut run = Transcript::new();
    run.full_exchange(
        "POST",
        "https://crm.example/t",
        &[("origin", APP)],
        "",
        201,
        &[],
        "",
    );
    run.by_server_of(APP)
        .exchange("POST", "https://crm.example/t", 200);
    for kept in [
        json!({ "to": "crm", "from": "app", "count": 2 }),
        json!({ "to": "crm", "from": "app", "by": "browser", "status": 201, "count": 1 }),
        json!({ "to": "crm", "from": "app", "by": "server", "status": 200, "count": 1 }),
        json!({ "to": "crm", "from": "attacker", "by": "server", "count": 0 }),
    ] {
        let outcome = run.check(json!({ "request": kept }));
        assert!(outcome.holds, "{outcome:?}");
    }
    let missing = run.check(json!({ "request": { "to": "crm", "by": "server", "status": 201 } }));
    assert!(!missing.holds);
    assert!(missing.expected.contains("by a server"), "{missing:?}");
    assert!(missing.actual.contains("by the server of app"), "{missing:?}");
}

#[test]
fn telemetry_counts_each_identity_once_and_waits_for_the_end() {
    let run = Transcript::new();
    run.telemetry(
        "mixpanel",
        "opened",
        "[App] Opened",
        "i1",
        json!({ "contact_id": "123", "gone": null }),
    );
    run.telemetry(
        "mixpanel",
        "opened",
        "[App] Opened",
        "i1",
        json!({ "contact_id": "123", "gone": null }),
    );
    run.telemetry(
        "datadog",
        "action",
        "dropped",
        "i1",
        json!({ "context": { "origin": EVIL } }),
    );
    for kept in [
        json!({ "sink": "mixpanel", "event": "opened", "count": 1 }),
        json!({ "sink": "mixpanel", "with": { "contact_id": "123" }, "without": ["email", "gone"], "count": 1 }),
        json!({ "sink": "mixpanel", "name": { "$contains": "[App]" }, "count": 1 }),
        json!({ "sink": "datadog", "event": "action", "name": "dropped", "with": { "context": { "origin": EVIL } } }),
        json!({ "sink": "datadog", "without": ["email", "context.email"] }),
        json!({ "sink": "datadog", "event": "error", "count": 0 }),
    ] {
        let outcome = run.check(json!({ "telemetry": kept }));
        assert!(outcome.holds && outcome.deferred, "{outcome:?}");
    }
    for broken in [
        json!({ "sink": "mixpanel", "without": ["contact_id"] }),
        json!({ "sink": "datadog", "without": ["origin"] }),
        json!({ "sink": "datadog", "without": ["email", "context.origin"] }),
    ] {
        assert!(!run.holds(json!({ "telemetry": broken })), "{broken}");
    }
    assert!(!run.holds(json!({ "telemetry": { "sink": "mixpanel", "event": "opened", "count": 2 } })));
}

#[test]
fn facts_of_mocks_are_matched() {
    let run = Transcript::new();
    run.domain(
        "crm-embed",
        "ticket-created",
        json!({ "id": "t-9", "source": "web" }),
    );
    run.mark("later");
    assert!(run.holds(
        json!({ "mock": { "name": "crm-embed", "fact": "ticket-created", "with": { "source": "web" }, "count": 1 } })
    ));
    for broken in [
        json!({ "name": "crm-embed", "fact": "ticket-created", "with": { "source": "chat" } }),
        json!({ "name": "crm-api", "fact": "ticket-created" }),
        json!({ "name": "crm-embed", "fact": "ticket-created", "since": "later" }),
    ] {
        assert!(!run.holds(json!({ "mock": broken.clone() })), "{broken}");
    }
}

#[test]
fn errors_violations_and_refusals_are_matched() {
    let run = Transcript::new();
    run.console("error", "boom in console");
    run.console("warn", "only a warning");
    run.page_error("boom uncaught", false);
    run.page_error("boom rejected", true);
    run.csp("frame-src", CRM, "enforce");
    run.motion("section", "slide-in");
    run.motion("button::after", "opacity");
    run.refused("unlisted.example:443", Refusal::UnknownHost, Some(APP));
    for kept in [
        json!({ "error": { "count": 3 } }),
        json!({ "error": { "of": "console", "text": { "$contains": "boom" }, "count": 1 } }),
        json!({ "error": { "of": "rejection", "text": "boom rejected", "count": 1 } }),
        json!({ "error": { "text": { "$contains": "warning" }, "count": 0 } }),
        json!({ "csp-violation": { "directive": "frame-src", "blocked": { "$starts-with": CRM }, "count": 1 } }),
        json!({ "csp-violation": { "directive": "script-src", "count": 0 } }),
        json!({ "motion": { "count": 2 } }),
        json!({ "motion": { "origin": "app", "name": { "$starts-with": "slide" }, "count": 1 } }),
        json!({ "motion": { "origin": CRM, "count": 0 } }),
        json!({ "refused": { "authority": { "$contains": "unlisted" }, "reason": "unknown-host", "count": 1 } }),
        json!({ "refused": { "reason": "undeclared-port", "count": 0 } }),
    ] {
        let outcome = run.check(kept.clone());
        assert!(outcome.holds, "{kept}: {outcome:?}");
    }
    assert!(!run.holds(json!({ "error": { "of": "uncaught", "text": "other" } })));
    assert!(!run.holds(json!({ "csp-violation": { "blocked": "https://other.example" } })));
    assert!(!run.holds(json!({ "motion": { "origin": "app", "count": 0 } })));
    assert!(!run.holds(json!({ "motion": { "name": "opac" } })));
    assert!(!run.holds(json!({ "refused": { "authority": "unlisted.example" } })));
}

#[test]
fn what_the_page_shows_is_matched() {
    let run = Transcript::new();
    let context = run.context(&json!([]), false);
    let element = |more: Value| {
        let mut element = json!({
            "role": "alert", "name": "", "text": "Try again", "value": null, "visible": true, "enabled": true,
            "focused": false, "focus_within": true, "attributes": { "aria-expanded": "true" }, "height": 320.5
        });
        for (name, value) in more.as_object().expect("fields") {
            element[name] = value.clone();
        }
        element
    };
    let seen =
        json!({ "elements": [element(json!({})), element(json!({ "visible": false, "text": "Hidden" }))] });
    let alert = json!({ "role": "alert" });
    let hidden = json!({ "role": "alert", "hidden": true });
    let fares =
        |expectation: Value, seen: &Value| verdict::check_observation(&expected(expectation), seen, &context);
    for kept in [
        json!({ "element": alert }),
        json!({ "element": alert, "count": 1, "text": { "$contains": "again" }, "enabled": true, "focused": false }),
        json!({ "element": alert, "focus-within": true, "attributes": { "aria-expanded": "true", "href": { "$absent": true } } }),
        json!({ "element": alert, "height": { "$at-most": 321 }, "value": { "$absent": true } }),
        json!({ "element": hidden, "count": 2 }),
    ] {
        let outcome = fares(json!({ "page": kept }), &seen);
        assert!(outcome.holds, "{outcome:?}");
    }
    for broken in [
        json!({ "element": alert, "count": 0 }),
        json!({ "element": alert, "text": "Try" }),
        json!({ "element": alert, "focused": true }),
        json!({ "element": alert, "attributes": { "aria-expanded": "false" } }),
        json!({ "element": hidden, "text": "Try again" }),
        json!({ "element": alert, "height": { "$at-least": 400 } }),
    ] {
        assert!(!fares(json!({ "page": broken.clone() }), &seen).holds, "{broken}");
    }
    let nothing = json!({ "elements": [] });
    assert!(!fares(json!({ "page": { "element": alert } }), &nothing).holds);
    assert!(fares(json!({ "page": { "element": alert, "count": 0 } }), &nothing).holds);
    assert!(
        !fares(json!({ "page": { "element": alert } }), &Value::Null).holds,
        "never looked at"
    );
}

#[test]
fn what_the_browser_holds_is_matched() {
    let run = Transcript::new();
    let context = run.context(&json!([]), false);
    let fares = |expectation: Value, seen: Value| {
        verdict::check_observation(&expected(expectation), &seen, &context).holds
    };

    let url = json!({ "url": "https://app.example/customers/123" });
    assert!(fares(
        json!({ "url": { "$ends-with": "/customers/123" } }),
        url.clone()
    ));
    assert!(!fares(json!({ "url": "https://app.example/" }), url));
    assert!(fares(
        json!({ "title": "Sign in" }),
        json!({ "title": "Sign in" })
    ));

    let frames = json!({ "frames": [{ "origin": CRM, "url": "https://crm.example/embed/ticket" }] });
    assert!(fares(
        json!({ "frame": { "of": "crm", "count": 1 } }),
        frames.clone()
    ));
    assert!(fares(
        json!({ "frame": { "of": "https://*/embed/*" } }),
        frames.clone()
    ));
    assert!(!fares(json!({ "frame": { "of": "attacker" } }), frames));

    let stored = json!({ "storage": { "origin": "app", "key": "k", "value": "v" } });
    let absent = json!({ "storage": { "origin": "app", "key": "k", "value": { "$absent": true } } });
    assert!(fares(stored.clone(), json!({ "value": "v" })) && !fares(stored, json!({ "value": null })));
    assert!(fares(absent.clone(), json!({ "value": null })) && !fares(absent, json!({ "value": "v" })));

    let jar = json!({ "cookies": [{ "name": "sid", "value": "x", "secure": true, "same-site": "none" }, { "name": "other" }] });
    let cookie = |more: Value| {
        let mut cookie = json!({ "origin": "app", "name": "sid" });
        for (name, value) in more.as_object().expect("fields") {
            cookie[name] = value.clone();
        }
        json!({ "cookie": cookie })
    };
    assert!(fares(
        cookie(json!({ "with": { "secure": true, "same-site": "none" }, "count": 1 })),
        jar.clone()
    ));
    assert!(!fares(
        cookie(json!({ "with": { "secure": false } })),
        jar.clone()
    ));
    assert!(!fares(cookie(json!({ "count": 0 })), jar));

    assert!(fares(json!({ "accessibility": {} }), json!({ "violations": [] })));
    let violation = json!({ "violations": [{ "id": "label", "impact": "serious", "help": "Label it", "nodes": ["#a"] }] });
    assert!(!fares(json!({ "accessibility": {} }), violation));
}

#[test]
fn page_state_that_nobody_looked_at_does_not_hold() {
    let run = Transcript::new();
    let context = run.context(&json!([]), false);
    for expectation in [
        json!({ "url": { "$any": true } }),
        json!({ "title": "x" }),
        json!({ "frame": { "of": "crm" } }),
        json!({ "storage": { "origin": "app", "key": "k", "value": "v" } }),
        json!({ "cookie": { "origin": "app", "name": "sid" } }),
        json!({ "page": { "element": { "role": "alert" }, "count": 0 } }),
        json!({ "frame": { "of": "crm", "count": 0 } }),
        json!({ "storage": { "origin": "app", "key": "k", "value": { "$absent": true } } }),
        json!({ "cookie": { "origin": "app", "name": "sid", "count": 0 } }),
        json!({ "accessibility": {} }),
    ] {
        let expectation_ = expected(expectation.clone());
        assert!(
            !verdict::check_observation(&expectation_, &Value::Null, &context).holds,
            "{expectation}"
        );
        assert!(
            !verdict::check(&expectation_, &run.events(), &context).holds,
            "{expectation}"
        );
    }
}

#[test]
fn only_what_can_still_break_waits_for_the_world_to_settle() {
    let settles = |expectation: Value| verdict::needs_settling(&expected(expectation));
    assert!(settles(json!({ "request": { "count": 0 } })));
    assert!(settles(json!({ "message": { "count": 1 } })));
    assert!(settles(json!({ "request": { "count": { "at-most": 3 } } })));
    assert!(!settles(json!({ "request": {} })));
    assert!(!settles(json!({ "message": { "count": { "at-least": 2 } } })));
    assert!(!settles(
        json!({ "telemetry": { "sink": "mixpanel", "count": 0 } })
    ));
}

#[test]
fn people_read_what_was_expected_and_what_came_close() {
    let mut run = Transcript::new();
    for status in [200, 404, 201, 401] {
        run.exchange("POST", "https://crm.example/v1/leads/123/tickets/t-1", status);
    }
    run.message(APP, CRM, CRM, &json!({ "customer": "1", "email": EMAIL }), true);
    run.message(APP, CRM, "*", &json!({ "customer": "2" }), false);
    run.telemetry(
        "mixpanel",
        "opened",
        "[App] Opened",
        "i1",
        json!({ "contact_id": "123" }),
    );
    run.page_error("boom", false);
    run.refused("unlisted.example:443", Refusal::UnknownHost, None);
    run.domain("crm-embed", "ticket-created", json!({ "id": "t-9" }));
    let texts: Vec<String> = [
        json!({ "request": { "to": "crm", "method": "POST", "path": "/v1/leads/**", "status": 500 } }),
        json!({ "request": { "to": "crm", "count": 1 } }),
        json!({ "request": { "to": "attacker" } }),
        json!({ "message": { "from": "app", "to": "crm", "kind": "READY", "received": true } }),
        json!({ "message": { "from": "app", "count": 0 } }),
        json!({ "message": { "from": "app", "with": { "email": "someone@else.example" }, "without": ["type"] } }),
        json!({ "telemetry": { "sink": "mixpanel", "event": "opened", "with": { "contact_id": "456" } } }),
        json!({ "telemetry": { "sink": "mixpanel", "event": "created", "count": { "at-least": 1, "at-most": 2 } } }),
        json!({ "error": { "of": "console" } }),
        json!({ "csp-violation": { "directive": "frame-src" } }),
        json!({ "refused": { "reason": "undeclared-port" } }),
        json!({ "mock": { "name": "crm-embed", "fact": "ticket-created", "with": { "id": "t-1" } } }),
    ]
    .into_iter()
    .map(|expectation| {
        let outcome = run.check(expectation);
        assert!(!outcome.holds, "{outcome:?}");
        format!("expected {}\nactual   {}\nevidence {:?}", outcome.expected, outcome.actual, outcome.evidence)
    })
    .collect();
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(texts.join("\n\n")) });
}
