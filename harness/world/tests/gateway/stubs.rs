//! Further hosts, declared by a scenario.

use http::Method;
use serde_json::json;

use crate::transcript::assert_transcript;
use crate::troupe::{APP, stage};

#[tokio::test]
async fn a_stub_answers_under_its_own_origin() {
    let mut stage = stage();
    stage.plan.stubs.push(
        serde_json::from_value(json!({
            "origin": "https://maps.example",
            "routes": [
                {"route": "GET /v1/geo/*", "json": {"lat": 1}, "headers": {"access-control-allow-origin": APP}},
                {"route": "POST /v1/**", "status": 201, "body": "made", "delay": 5},
            ],
        }))
        .unwrap(),
    );
    let (world, client, journal) = stage.boot().await;
    let found = client.get("https://maps.example/v1/geo/7?x=1").await;
    assert_eq!((found.status, found.text()), (200, "{\"lat\":1}"));
    assert_eq!(found.header("content-type"), Some("application/json"));
    assert_eq!(found.header("access-control-allow-origin"), Some(APP));
    let made = client
        .send(Method::POST, "https://maps.example/v1/a/b", &[], "x")
        .await;
    assert_eq!((made.status, made.text()), (201, "made"));
    assert_eq!(client.get("https://maps.example/other").await.status, 404);
    world.quiet().await;
    assert_transcript(
        &journal,
        &[
            "1 → GET https://maps.example/v1/geo/7?x=1 HTTP/2",
            "1 ← 200 \"{\\\"lat\\\":1}\"",
            "2 → POST https://maps.example/v1/a/b HTTP/2 \"x\"",
            "2 ← 201 \"made\"",
            "3 → GET https://maps.example/other HTTP/2",
            "3 ← 404",
        ],
    );
    assert_eq!(world.origin("https://maps.example"), Some("https://maps.example"));
    world.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_stub_cannot_take_an_origin_that_is_there() {
    let mut stage = stage();
    let stub = json!({"origin": APP, "routes": []});
    stage.plan.stubs.push(serde_json::from_value(stub).unwrap());
    assert!(stage.boot_error().await.contains("belongs to both"));
}
