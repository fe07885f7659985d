//! HTTP/1.1, HTTP/2 and plain HTTP, and what the journal says of them.

use http::{Method, Version};
use journal::Fact;

use crate::client::{answer, request, sender1};
use crate::transcript::{assert_transcript, seen};
use crate::troupe::{APP, CRM, stage};

#[tokio::test]
async fn http2_http1_and_plain_http_reach_the_same_world() {
    let (world, client, journal) = stage().boot().await;
    let over2 = client.get(CRM).await;
    assert_eq!(
        (over2.status, over2.version, over2.text()),
        (200, Version::HTTP_2, "hello")
    );

    let mut over1 = client.http1("crm.qontak.com").await;
    for _ in 0..2 {
        let sent = over1
            .send_request(request(Method::GET, "/", &[("host", "crm.qontak.com")], ""))
            .await;
        let got = answer(sent).await.unwrap();
        assert_eq!(
            (got.status, got.version, got.text()),
            (200, Version::HTTP_11, "hello")
        );
    }

    assert_eq!(client.get("http://crm.qontak.com/?q=1").await.text(), "hello");

    let tunnelled = client.connect("crm.qontak.com:80").await.unwrap();
    let sent = request(Method::GET, "/", &[("host", "crm.qontak.com")], "");
    assert_eq!(
        answer(sender1(tunnelled).await.send_request(sent).await)
            .await
            .unwrap()
            .text(),
        "hello"
    );

    assert_eq!(client.get("https://crm.qontak.com:8443/").await.text(), "hello");
    world.quiet().await;
    assert_transcript(
        &journal,
        &[
            "1 → GET https://crm.qontak.com/ HTTP/2",
            "1 ← 200 \"hello\"",
            "2 → GET https://crm.qontak.com/ HTTP/1.1",
            "2 ← 200 \"hello\"",
            "3 → GET https://crm.qontak.com/ HTTP/1.1",
            "3 ← 200 \"hello\"",
            "4 → GET http://crm.qontak.com/?q=1 HTTP/1.1",
            "4 ← 200 \"hello\"",
            "5 → GET http://crm.qontak.com/ HTTP/1.1",
            "5 ← 200 \"hello\"",
            "6 → GET https://crm.qontak.com:8443/ HTTP/2",
            "6 ← 200 \"hello\"",
        ],
    );
    let connections: Vec<u64> = journal
        .after(0)
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Request(request) => Some(request.connection),
            _ => None,
        })
        .collect();
    assert_eq!(connections[1], connections[2], "one connection carried both");
    assert_ne!(connections[0], connections[1]);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn many_requests_share_one_http2_connection() {
    let (world, client, journal) = stage().boot().await;
    let sender = client.http2("crm.qontak.com").await;
    let all = (0..50).map(|_| {
        let mut sender = sender.clone();
        async move {
            answer(sender.send_request(request(Method::GET, CRM, &[], "")).await)
                .await
                .unwrap()
                .status
        }
    });
    assert!(
        futures_util::future::join_all(all)
            .await
            .iter()
            .all(|status| *status == 200)
    );
    world.quiet().await;
    assert_eq!(journal.len(), 100);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_body_is_journalled_and_its_mock_knows_the_exchange() {
    let (world, client, journal) = stage().boot().await;
    let echoed = client
        .send(
            Method::POST,
            &format!("{CRM}/echo"),
            &[("content-type", "application/json")],
            "{\"a\":1}",
        )
        .await;
    assert_eq!(echoed.text(), "{\"a\":1}");
    assert_eq!(client.get(&format!("{CRM}/exchange")).await.text(), "2");
    let head = client.send(Method::HEAD, CRM, &[], "").await;
    assert_eq!(
        (head.status, head.header("content-length"), head.text()),
        (200, Some("5"), "")
    );
    assert_transcript(
        &journal,
        &[
            "1 → POST https://crm.qontak.com/echo HTTP/2 \"{\\\"a\\\":1}\"",
            "1 ← 200 \"{\\\"a\\\":1}\"",
            "2 → GET https://crm.qontak.com/exchange HTTP/2",
            "2 ← 200 \"2\"",
            "3 → HEAD https://crm.qontak.com/ HTTP/2",
            "3 ← 200",
        ],
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_mock_sees_what_a_server_would_see() {
    let (world, client, _) = stage().boot().await;
    let mut sender = client.http2("crm.qontak.com").await;
    let mut crumbs = request(
        Method::GET,
        &format!("{CRM}/headers?x=1"),
        &[("cookie", "a=1")],
        "",
    );
    crumbs.headers_mut().append("cookie", "b=2".parse().unwrap());
    let seen = answer(sender.send_request(crumbs).await).await.unwrap();
    assert_eq!(
        seen.text(),
        "GET /headers?x=1\ncookie: a=1; b=2\nhost: crm.qontak.com"
    );
    let other = client.get("https://crm.qontak.com:8443/headers").await;
    assert!(
        other.text().contains("host: crm.qontak.com:8443"),
        "{}",
        other.text()
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_long_body_streams_through_and_its_start_is_looked_at() {
    let mut stage = stage();
    stage.plan.limits.journalled = 1000;
    let (world, client, journal) = stage.boot().await;
    assert_eq!(client.get(&format!("{CRM}/big")).await.body.len(), 3_000_000);
    let long = "y".repeat(50_000);
    let echoed = client
        .send(
            Method::POST,
            &format!("{CRM}/echo"),
            &[("content-type", "text/plain")],
            &long,
        )
        .await;
    assert_eq!(echoed.body.len(), 50_000);
    let facts = journal.after(0);
    let sizes: Vec<(u64, usize)> = facts
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Request(fact) if fact.method == "POST" => Some(&fact.body),
            Fact::Response(fact) => Some(&fact.body),
            _ => None,
        })
        .map(|body| (body.size, body.text.as_ref().map_or(0, String::len)))
        .collect();
    assert_eq!(sizes[0], (3_000_000, 1000));
    assert_eq!(sizes[1].0, 50_000);
    assert_eq!(sizes[2], (50_000, 1000));
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_the_world_goes_on() {
    let mut stage = stage();
    stage.plan.limits.body = 10_000;
    stage.plan.limits.journalled = 1_000;
    let (world, client, journal) = stage.boot().await;
    let url = format!("{CRM}/echo");
    let stated = client
        .send(Method::POST, &url, &[("referer", APP)], &"z".repeat(10_001))
        .await;
    assert_eq!(stated.status, 413);
    // Without a stated length it shows only on the way.
    let mut stream = client.tls("crm.qontak.com", 443, "http/1.1").await.unwrap();
    let chunk = format!("1000\r\n{}\r\n", "z".repeat(0x1000));
    let bytes = format!(
        "POST /echo HTTP/1.1\r\nHost: crm.qontak.com\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n{}0\r\n\r\n",
        chunk.repeat(4)
    );
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
    assert_eq!(client.get(CRM).await.status, 200);
    world.quiet().await;
    let lines = crate::transcript::transcript(&journal);
    assert_eq!(
        lines[0],
        "refused https://crm.qontak.com/echo: too-large, asked by https://customers.qontak.com"
    );
    assert!(
        lines.contains(&"refused https://crm.qontak.com/echo: too-large".to_owned()),
        "{lines:?}"
    );
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_mock_that_panics_answers_500_and_the_world_goes_on() {
    let (world, client, _) = stage().boot().await;
    let answer = client.get(&format!("{CRM}/panic")).await;
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains("a mock fell over"));
    assert_eq!(client.get(CRM).await.status, 200);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn every_origin_has_a_blank_page_to_send_from() {
    let (world, client, journal) = stage().boot().await;
    for origin in [APP, CRM, "http://crm.qontak.com"] {
        let plain = client.get(&format!("{origin}{}", world::BLANK_PATH)).await;
        assert_eq!(
            (plain.status, plain.header("content-security-policy")),
            (200, None)
        );
        assert!(plain.text().contains("<title>Rehearse sender</title>"));
        assert!(!plain.text().contains("<script"));
        let opaque = client.get(&format!("{origin}{}?opaque", world::BLANK_PATH)).await;
        assert_eq!(
            opaque.header("content-security-policy"),
            Some("sandbox allow-scripts")
        );
    }
    world.quiet().await;
    assert_eq!(journal.len(), 12);
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_is_journalled_as_gone() {
    let (world, client, journal) = stage().boot().await;
    let mut sender = client.http2("crm.qontak.com").await;
    let response = sender
        .send_request(request(Method::GET, &format!("{CRM}/events"), &[], ""))
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    world.quiet().await; // a stream of events lasts by its nature
    assert!(world.in_flight()[0].long_lived);
    drop(response);
    drop(sender);
    seen(&journal, "← 200 \"data: one").await;
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_mock_speaks_with_its_own_pages_off_the_record() {
    let (world, client, journal) = stage().boot().await;
    world
        .inject(serde_json::from_value(serde_json::json!({"hang": true})).unwrap())
        .unwrap();
    assert_eq!(client.get(&format!("{CRM}/stage.json")).await.text(), "{}");
    let url = format!("{CRM}/stage.json?wait=x");
    let waiting = client.get(&url);
    let waits = async {
        while !world.in_flight().iter().any(|entry| entry.long_lived) {
            tokio::task::yield_now().await;
        }
        world.quiet().await;
    };
    tokio::select! {
        _ = waiting => panic!("it should wait"),
        () = waits => {}
    }
    assert!(journal.is_empty());
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_overlay_answers_in_front_of_whatever_serves() {
    let mut stage = stage();
    stage.plan.layout.origins.get_mut("app").unwrap().overlays = vec!["/runtime-config.json".to_owned()];
    let overlay = axum::Router::new().route("/runtime-config.json", axum::routing::get(|| async { "{}" }));
    stage.troupe.overlays.insert("app".to_owned(), overlay);
    let (world, client, _) = stage.boot().await;
    assert_eq!(
        client.get(&format!("{APP}/runtime-config.json")).await.text(),
        "{}"
    );
    assert_eq!(client.get(APP).await.text(), "hello");
    assert_eq!(
        client.get(&format!("{CRM}/runtime-config.json")).await.status,
        404
    );
    world.shutdown().await.unwrap();
}
