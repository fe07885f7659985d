//! The intakes read what the SDKs really send.

use std::io::Write as _;

use crate::support::{APP, World};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use journal::Fact;
use journal::fact::Telemetry;
use rstest::rstest;
use serde_json::{Value, json};

const TRACK: &str = "https://api-js.mixpanel.com/track/?verbose=1&ip=0&_=1795231234567";
const RUM: &str = "https://browser-intake-datadoghq.com/api/v2/rum?ddsource=browser&dd-api-key=pub2b7c9e41d05f4a6c8e13&dd-evp-origin-version=7.16.2&dd-evp-origin=browser&dd-request-id=0c5b6f0e-6a0f-4c55-9d3a-6f2f0c1c7a11&batch_time=1795231234567&_dd.api=fetch";

fn telemetry(world: &World) -> Vec<Telemetry> {
    world
        .facts()
        .into_iter()
        .filter_map(|fact| match fact {
            Fact::Telemetry(telemetry) => Some(telemetry),
            _ => None,
        })
        .collect()
}

fn event(name: &str, id: &str) -> Value {
    json!({
        "event": name,
        "properties": {
            "token": "3f1c0a9b7e5d4c2f8a6b",
            "distinct_id": "$device:18f",
            "time": 1_795_231_234.567,
            "$insert_id": id,
            "$browser": "Chrome",
            "contact_id": "123",
            "ticket_id": "t-new-1",
        }
    })
}

/// As `mixpanel-browser` writes it: `data=` and the percent-encoded base64 of the batch.
fn form(events: &Value) -> Vec<u8> {
    let base64 = STANDARD.encode(events.to_string());
    let encoded: String = url::form_urlencoded::byte_serialize(base64.as_bytes()).collect();
    format!("data={encoded}").into_bytes()
}

const LABEL: &str = "[Qontak One] [Customer] Create Ticket Embed Created";

#[rstest]
#[case::request(
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; base64"
)]
#[case::beacon("text/plain;charset=UTF-8", "text/plain; base64; beacon")]
#[tokio::test]
async fn a_mixpanel_batch_is_read(#[case] media_type: &str, #[case] transport: &str) {
    let world = World::new(&[]);
    let body = form(&json!([
        event(LABEL, "a1"),
        event("cdp_ticket_embed_opened", "a2")
    ]));
    let headers = [("content-type", media_type), ("origin", APP)];
    let answer = world.send(Method::POST, TRACK, &headers, body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json(), json!({"status": 1, "error": null}));
    // The SDK's request carries credentials.
    assert_eq!(answer.header("access-control-allow-origin"), APP);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    let told = telemetry(&world);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].sink, "mixpanel");
    assert_eq!(told[0].event, "cdp_ticket_embed_created");
    assert_eq!(told[0].name, LABEL);
    assert_eq!(told[0].identity, "a1");
    assert_eq!(told[0].properties["contact_id"], "123");
    assert_eq!(told[0].transport, transport);
    assert_eq!(told[1].event, "cdp_ticket_embed_opened");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn a_mixpanel_batch_may_also_be_plain_json() {
    let world = World::new(&[]);
    let body = serde_urlencoded::to_string([("data", json!([event(LABEL, "a1")]).to_string())]).unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = "https://api-js.mixpanel.com/track/?ip=0&_=1";
    let answer = world.send(Method::POST, url, &headers, body.into_bytes()).await;
    assert_eq!(answer.body, "1");
    assert_eq!(
        telemetry(&world)[0].transport,
        "application/x-www-form-urlencoded; json"
    );
}

#[tokio::test]
async fn a_doubled_event_is_told_as_such() {
    let world = World::new(&[]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for _ in 0..2 {
        world
            .send(Method::POST, TRACK, &headers, form(&json!([event(LABEL, "a1")])))
            .await;
    }
    assert_eq!(telemetry(&world).len(), 1);
    let doubled = world.told("event-doubled");
    assert_eq!(doubled.len(), 1);
    assert_eq!(doubled[0]["event"], "cdp_ticket_embed_created");
    assert_eq!(doubled[0]["identity"], "a1");
}

#[rstest]
#[case::no_data(b"events=1".as_slice(), "the form has no `data`")]
#[case::not_base64(b"data=***".as_slice(), "neither JSON nor base64")]
#[case::not_json(b"data=aGVsbG8%3D".as_slice(), "base64 of something that is no JSON")]
#[tokio::test]
async fn a_mixpanel_batch_that_cannot_be_read_breaks_the_contract(#[case] body: &[u8], #[case] reason: &str) {
    let world = World::new(&[]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = world.send(Method::POST, TRACK, &headers, body.to_vec()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(
        world.violations().iter().any(|error| error.contains(reason)),
        "{:?}",
        world.violations()
    );
}

#[tokio::test]
async fn a_mixpanel_event_without_its_identity_breaks_the_contract() {
    let world = World::new(&[]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = form(&json!([{"event": LABEL, "properties": {"token": "x", "distinct_id": "y", "time": 1}}]));
    world.send(Method::POST, TRACK, &headers, body).await;
    let violations = world.violations();
    assert!(
        violations
            .iter()
            .any(|error| error.contains("events at `/0/properties`") && error.contains("$insert_id")),
        "{violations:?}"
    );
    assert_eq!(telemetry(&world).len(), 1, "told all the same");
}

#[tokio::test]
async fn what_the_app_does_not_use_of_mixpanel_is_unrouted() {
    let world = World::new(&[]);
    world.get("https://api-js.mixpanel.com/flags/").await;
    world.get("https://api-js.mixpanel.com/settings/").await;
    assert_eq!(world.unrouted(), ["GET /flags/", "GET /settings/"]);
}

fn uuid(last: u8) -> String {
    format!("6d3a3c1e-58a0-4f4e-9c1b-7f7d0a4b2c{last:02x}")
}

fn rum(kind: &str, more: Value) -> Value {
    let mut event = json!({
        "type": kind,
        "date": 1_795_231_234_567_u64,
        "application": {"id": uuid(0x11)},
        "session": {"id": uuid(0x22), "type": "user"},
        "view": {"id": uuid(0x33), "url": "https://customers.qontak.com/customers/123", "referrer": ""},
        "service": "customer-detail",
        "source": "browser",
        "_dd": {"format_version": 2, "drift": 0},
    });
    for (name, value) in more.as_object().unwrap() {
        match (&mut event[name], value) {
            (Value::Object(known), Value::Object(more)) => known.extend(more.clone()),
            (known, value) => *known = value.clone(),
        }
    }
    event
}

fn batch() -> String {
    [
        rum("view", json!({"_dd": {"document_version": 1}, "view": {"name": "/customers/?"}})),
        rum("view", json!({"_dd": {"document_version": 2}})),
        rum("action", json!({"action": {"id": uuid(1), "type": "custom", "target": {"name": "cdp_ticket_embed_init_dropped"}}, "context": {"attempted_origin": "https://evil.example"}})),
        rum("error", json!({"error": {"id": uuid(2), "message": "embed_ready_timeout", "source": "custom"}})),
        rum("resource", json!({"resource": {"id": uuid(3), "type": "fetch", "url": "https://c360.qontak.com/v1/me"}})),
        rum("long_task", json!({"long_task": {"id": uuid(4), "entry_type": "long-task", "duration": 60_000_000}})),
        rum("vital", json!({"vital": {"id": uuid(5), "name": "app_launch", "type": "duration"}})),
    ]
    .map(|event| event.to_string())
    .join("\n")
}

#[tokio::test]
async fn a_rum_batch_is_read() {
    let world = World::new(&[]);
    let headers = [("content-type", "text/plain;charset=UTF-8"), ("origin", APP)];
    let answer = world
        .send(Method::POST, RUM, &headers, batch().into_bytes())
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(
        answer.json()["request_id"],
        "0c5b6f0e-6a0f-4c55-9d3a-6f2f0c1c7a11"
    );
    let told = telemetry(&world);
    let pairs: Vec<_> = told
        .iter()
        .map(|event| (event.event.as_str(), event.name.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("view", "/customers/?"),
            ("view", "https://customers.qontak.com/customers/123"),
            ("action", "cdp_ticket_embed_init_dropped"),
            ("error", "embed_ready_timeout"),
            ("resource", "https://c360.qontak.com/v1/me"),
            ("long_task", "long-task"),
            ("vital", "app_launch"),
        ]
    );
    assert_eq!(told[0].identity, format!("view:{}:1", uuid(0x33)));
    assert_eq!(told[1].identity, format!("view:{}:2", uuid(0x33)));
    assert_eq!(
        told[2].properties["context"]["attempted_origin"],
        "https://evil.example"
    );
    assert_eq!(told[0].transport, "text/plain; fetch");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn a_deflated_rum_batch_is_read_even_if_its_end_is_missing() {
    let world = World::new(&[]);
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(batch().as_bytes()).unwrap();
    // As the SDK's worker does: flushed, not finished.
    encoder.flush().unwrap();
    let bytes = encoder.get_ref().clone();
    let answer = world
        .send(
            Method::POST,
            &format!("{RUM}&dd-evp-encoding=deflate"),
            &[],
            bytes,
        )
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let told = telemetry(&world);
    assert_eq!(told.len(), 7);
    assert_eq!(told[0].transport, "no content type; deflate; fetch");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case::not_deflated("&dd-evp-encoding=deflate", b"{}".as_slice(), "is not deflated")]
#[case::not_json("", b"{}\nnot json".as_slice(), "line 2 is no JSON")]
#[tokio::test]
async fn a_rum_batch_that_cannot_be_read_breaks_the_contract(
    #[case] query: &str,
    #[case] body: &[u8],
    #[case] reason: &str,
) {
    let world = World::new(&[]);
    let answer = world
        .send(Method::POST, &format!("{RUM}{query}"), &[], body.to_vec())
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(
        world.violations().iter().any(|error| error.contains(reason)),
        "{:?}",
        world.violations()
    );
}

#[tokio::test]
async fn a_retried_rum_batch_is_told_once() {
    let world = World::new(&[]);
    for _ in 0..2 {
        world
            .send(
                Method::POST,
                RUM,
                &[("content-type", "text/plain")],
                batch().into_bytes(),
            )
            .await;
    }
    assert_eq!(telemetry(&world).len(), 7);
    assert_eq!(world.told("event-doubled").len(), 7);
}
