//! The project's own world, with its own mocks.

use journal::{Clock, Recorder};
use world::{Plan, World};

use crate::client::Client;
use crate::troupe::authority;

#[tokio::test]
async fn the_customer_detail_world_boots_and_answers_on_every_origin() {
    let spec = fixtures::world("customer-detail").unwrap();
    let recorder = Recorder::in_memory(Clock::new(), 7);
    let plan = Plan::new(&spec, recorder.clone()).unwrap();
    let world = World::boot(plan, authority()).await.unwrap();
    let client = Client::of(&world, authority());
    assert_eq!(world.origins(), &spec.addresses());

    let app = client
        .get_with(
            "https://customers.qontak.com/customers/123",
            &[("sec-fetch-mode", "navigate")],
        )
        .await;
    assert_eq!(
        (app.status, app.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(app.header("content-security-policy").is_some());
    let config = client
        .get("https://customers.qontak.com/runtime-config.json")
        .await;
    assert!(
        config
            .text()
            .contains("\"SSO_URL\":\"https://account.mekari.com\""),
        "{}",
        config.text()
    );
    let discovery = client
        .get("https://account.mekari.com/.well-known/openid-configuration")
        .await;
    assert!(
        discovery.text().contains("https://account.mekari.com"),
        "{}",
        discovery.text()
    );
    assert_eq!(client.get("https://c360.qontak.com/v1/me").await.status, 401);
    for look_alike in [
        "https://crm.qontak.com.evil.example/",
        "http://crm.qontak.com/",
        "https://crm.qontak.com:8443/",
        "https://xcrm.qontak.com/",
    ] {
        assert_ne!(client.get(look_alike).await.status, 502, "{look_alike}");
    }
    assert!(world.state("sso").is_object());
    assert!(world.direct("sso", &serde_json::json!({"nonsense": 1})).is_err());
    world.shutdown().await.unwrap();
}
