//! Each fault, as a client feels it and as the journal tells it.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use world::Fault;

use crate::client::{answer, request};
use crate::transcript::{assert_transcript, seen, transcript};
use crate::troupe::{APP, CRM, stage};

fn fault(value: Value) -> Fault {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn a_status_is_answered_in_the_servers_place_for_the_nth_request() {
    let (world, client, journal) = stage().boot().await;
    world
        .inject(fault(
            json!({"origin": "crm", "route": "GET /", "nth": 2, "status": 503, "body": {"error": "busy"}}),
        ))
        .unwrap();
    assert_eq!(client.get(CRM).await.status, 200);
    let busy = client.get(CRM).await;
    assert_eq!((busy.status, busy.text()), (503, "{\"error\":\"busy\"}"));
    assert_eq!(busy.header("content-type"), Some("application/json"));
    assert_eq!(client.get(CRM).await.status, 200);
    assert_eq!(client.get(APP).await.status, 200);
    let lines = transcript(&journal);
    assert_eq!(
        lines[2..5],
        [
            "2 → GET https://crm.qontak.com/ HTTP/2",
            "2 fault status: answered with status 503",
            "2 ← 503 \"{\\\"error\\\":\\\"busy\\\"}\"",
        ]
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_answer_made_by_a_fault_keeps_the_origins_cors_manners() {
    let (world, client, _) = stage().boot().await;
    world
        .inject(fault(json!({"origin": "crm", "route": "/cors", "status": 500})))
        .unwrap();
    let url = format!("{CRM}/cors");
    let preflight = [("origin", APP), ("access-control-request-method", "POST")];
    assert_eq!(
        client.send(Method::OPTIONS, &url, &preflight, "").await.status,
        200
    );
    let failed = client.send(Method::POST, &url, &[("origin", APP)], "").await;
    assert_eq!(failed.status, 500);
    assert_eq!(failed.header("access-control-allow-origin"), Some(APP));
    assert_eq!(failed.header("access-control-allow-credentials"), Some("true"));
    let stranger = client
        .send(Method::POST, &url, &[("origin", "https://evil.example")], "")
        .await;
    assert_eq!(stranger.header("access-control-allow-credentials"), None);
    let same_origin = client.send(Method::POST, &url, &[("origin", CRM)], "").await;
    assert_eq!(same_origin.header("access-control-allow-origin"), None);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_delay_ends_with_the_worlds_clock() {
    let (world, client, journal) = stage().boot().await;
    world.inject(fault(json!({"delay": "10m", "times": 1}))).unwrap();
    let began = Instant::now();
    let (answer, ()) = tokio::join!(client.get(CRM), async {
        seen(&journal, "fault delay").await;
        assert!(!world.in_flight()[0].held_by_fault);
        journal.clock().advance_ms(600_000);
    });
    assert_eq!(answer.status, 200);
    assert!(began.elapsed() < Duration::from_secs(60));
    world.inject(fault(json!({"delay": 30}))).unwrap();
    let began = Instant::now();
    assert_eq!(client.get(CRM).await.status, 200);
    assert!(began.elapsed() >= Duration::from_millis(30));
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn before_a_jump_of_the_clock_a_delay_lets_the_world_be_quiet() {
    let (world, client, journal) = stage().boot().await;
    world.inject(fault(json!({"delay": "10m"}))).unwrap();
    let (answer, ()) = tokio::join!(client.get(CRM), async {
        seen(&journal, "fault delay").await;
        let until = world.ends_of_delays()[0];
        let before_jump = world.before_jump();
        world.quiet().await;
        assert!(world.in_flight()[0].held_by_fault);
        journal.clock().advance_ms(until - journal.clock().now_ms());
        assert!(world.in_flight().iter().all(|one| !one.held_by_fault));
        drop(before_jump);
    });
    assert_eq!(answer.status, 200);
    assert!(world.ends_of_delays().is_empty());
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_hang_holds_its_exchange_and_lets_the_world_be_quiet() {
    let (world, client, journal) = stage().boot().await;
    let id = world
        .inject(fault(json!({"origin": CRM, "hang": true, "name": "dead server"})))
        .unwrap();
    let mut sender = client.http2("crm.qontak.com").await;
    let hanging = tokio::spawn({
        let request = request(Method::GET, CRM, &[], "");
        async move { answer(sender.send_request(request).await).await }
    });
    seen(&journal, "fault hang").await;
    world.quiet().await;
    let in_flight = world.in_flight();
    assert_eq!((in_flight.len(), in_flight[0].held_by_fault), (1, true));
    assert_eq!(in_flight[0].url, "https://crm.qontak.com/");
    assert!(world.clear_fault(id));
    assert_eq!(client.get(CRM).await.status, 200);
    hanging.abort();
    seen(&journal, "1 ✗ held by the fault `hang (dead server)`").await;
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_reset_resets() {
    let (world, client, journal) = stage().boot().await;
    world
        .inject(fault(json!({"route": "GET /", "reset": true})))
        .unwrap();
    let mut over2 = client.http2("crm.qontak.com").await;
    let error = over2
        .send_request(request(Method::GET, CRM, &[], ""))
        .await
        .unwrap_err();
    assert!(format!("{error:?}").contains("INTERNAL_ERROR"), "{error:?}");
    // The other streams of the connection live on.
    let sent = over2
        .send_request(request(Method::GET, &format!("{CRM}/exchange"), &[], ""))
        .await;
    assert_eq!(answer(sent).await.unwrap().status, 200);

    let mut over1 = client.http1("crm.qontak.com").await;
    let sent = request(Method::GET, "/", &[("host", "crm.qontak.com")], "");
    let error = over1.send_request(sent).await.unwrap_err();
    assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
    world.quiet().await;
    let lines = transcript(&journal);
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.contains("✗ reset by the fault `reset`"))
            .count(),
        2,
        "{lines:?}"
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_refusal_of_one_route_closes_without_an_answer() {
    let (world, client, journal) = stage().boot().await;
    world
        .inject(fault(json!({"route": "GET /", "refuse": true})))
        .unwrap();
    let mut over1 = client.http1("crm.qontak.com").await;
    let sent = request(Method::GET, "/", &[("host", "crm.qontak.com")], "");
    assert!(over1.send_request(sent).await.is_err());
    assert!(
        client
            .try_send(Method::GET, "http://crm.qontak.com/", &[], "")
            .await
            .is_err()
    );
    world.quiet().await;
    assert_transcript(
        &journal,
        &[
            "1 → GET https://crm.qontak.com/ HTTP/1.1",
            "1 fault refuse: closed without an answer",
            "1 ✗ refused by the fault `refuse`",
            "2 → GET http://crm.qontak.com/ HTTP/1.1",
            "2 fault refuse: closed without an answer",
            "2 ✗ refused by the fault `refuse`",
        ],
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_origin_that_is_away_takes_no_connection_and_keeps_none() {
    let (world, client, journal) = stage().boot().await;
    let mut open = client.http2("crm.qontak.com").await;
    let sent = open.send_request(request(Method::GET, CRM, &[], "")).await;
    assert_eq!(answer(sent).await.unwrap().status, 200);
    let id = world
        .inject(fault(json!({"origin": "crm", "refuse": true})))
        .unwrap();
    assert_eq!(client.connect("crm.qontak.com:443").await.unwrap_err(), 502);
    assert!(
        open.send_request(request(Method::GET, CRM, &[], ""))
            .await
            .is_err()
    );
    assert!(open.ready().await.is_err());
    assert_eq!(client.get(APP).await.status, 200);
    world.clear_fault(id);
    assert_eq!(client.get(CRM).await.status, 200);
    let lines = transcript(&journal);
    assert!(
        lines.contains(&"2 fault refuse: connection to crm.qontak.com:443 refused".to_owned()),
        "{lines:?}"
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_refusal_that_counts_is_spent_on_requests_and_not_on_connections() {
    let (world, client, _) = stage().boot().await;
    world
        .inject(fault(json!({"origin": "crm", "refuse": true, "times": 1})))
        .unwrap();
    // A connection for which no request comes, as browsers open them ahead.
    let mut idle = client.http2("crm.qontak.com").await;
    let met = client.try_send(Method::GET, CRM, &[], "").await;
    assert!(met.is_err());
    assert_eq!(client.get(CRM).await.status, 200);
    let sent = idle.send_request(request(Method::GET, CRM, &[], "")).await;
    assert_eq!(answer(sent).await.unwrap().status, 200);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_truncated_body_arrives_up_to_the_cut() {
    use http_body_util::BodyExt as _;
    let (world, client, journal) = stage().boot().await;
    world.inject(fault(json!({"truncate": 3}))).unwrap();
    for version in ["h2", "http/1.1"] {
        let sent = if version == "h2" {
            client
                .http2("crm.qontak.com")
                .await
                .send_request(request(Method::GET, CRM, &[], ""))
                .await
        } else {
            let sent = request(Method::GET, "/", &[("host", "crm.qontak.com")], "");
            client.http1("crm.qontak.com").await.send_request(sent).await
        };
        let mut body = sent.unwrap().into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(&first[..], b"hel", "{version}");
        assert!(body.frame().await.unwrap().is_err(), "{version}");
    }
    world.quiet().await;
    let lines = transcript(&journal);
    assert_eq!(lines[1], "1 fault truncate: body cut after 3 bytes");
    assert!(
        lines[2].starts_with("1 ✗ the answer broke off: cut by a fault after 3 bytes"),
        "{lines:?}"
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn header_fields_are_left_out_and_set() {
    let (world, client, journal) = stage().boot().await;
    world
        .inject(fault(
            json!({"route": "/cors", "drop-header": "Access-Control-Allow-Origin"}),
        ))
        .unwrap();
    world
        .inject(fault(
            json!({"route": "/cors", "set-header": {"x-frame-options": "DENY"}}),
        ))
        .unwrap();
    let bent = client
        .send(Method::POST, &format!("{CRM}/cors"), &[("origin", APP)], "")
        .await;
    assert_eq!(bent.header("access-control-allow-origin"), None);
    assert_eq!(bent.header("x-frame-options"), Some("DENY"));
    assert_eq!(
        transcript(&journal)[1..3],
        [
            "1 fault header: header `Access-Control-Allow-Origin` left out",
            "1 fault header: header `x-frame-options` set to `DENY`",
        ]
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn faults_add_up_and_can_be_taken_away() {
    let (world, client, journal) = stage().boot().await;
    for value in [
        json!({"delay": 1}),
        json!({"status": 500}),
        json!({"set-header": {"x-a": "b"}}),
    ] {
        world.inject(fault(value)).unwrap();
    }
    let bent = client.get(CRM).await;
    // What comes after the fault that answers is not reached.
    assert_eq!((bent.status, bent.header("x-a")), (500, None));
    world.clear_faults();
    assert_eq!(client.get(CRM).await.status, 200);
    assert_eq!(
        transcript(&journal)
            .iter()
            .filter(|line| line.contains("fault"))
            .count(),
        2
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_blank_page_is_not_met_by_faults() {
    let (world, client, _) = stage().boot().await;
    world
        .inject(fault(json!({"origin": "crm", "status": 500})))
        .unwrap();
    assert_eq!(
        client.get(&format!("{CRM}{}", world::BLANK_PATH)).await.status,
        200
    );
    world.shutdown().await.unwrap();
}
