//! An operator acts for customers who asked for it, and for nobody else.

use crate::relying_party::{DESK, reasons, signed_in, submit, world};
use crate::sso_party::{OPERATOR, Party, SPA};
use crate::support::{Answer, World, hidden};
use http::{Method, StatusCode};
use serde_json::json;

const PORTAL: &str = "https://app.dezky.local";

/// A customer's access token, as the portal's page holds it.
async fn customer(world: &World) -> String {
    let party = Party {
        scope: "openid profile groups",
        ..SPA
    };
    let tokens = party.tokens(world, "tenant-user").await;
    // The browser is the operator's next.
    world.direct("sso", json!({"end-sessions": true}));
    tokens["access_token"].as_str().unwrap().to_owned()
}

async fn ask_support(world: &World, origin: &str, token: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("origin", origin)];
    let url = format!("{DESK}/support-requests");
    world.send(Method::POST, &url, &headers, Vec::new()).await
}

#[tokio::test]
async fn an_operator_acts_for_a_customer_who_asked() {
    let world = world();
    let token = customer(&world).await;
    for _ in 0..2 {
        let asked = ask_support(&world, PORTAL, &token).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
        assert_eq!(asked.header("access-control-allow-origin"), PORTAL);
    }
    let page = signed_in(&world).await;
    assert_eq!(page.body.matches("Act for Jonas Friis</button>").count(), 1);
    let request = hidden(&page.body, "request");
    let acting = submit(&world, "/act", &[("request", &request)]).await;
    assert!(
        acting.body.contains("Acting for Jonas Friis</h2>"),
        "{}",
        acting.body
    );
    for (claim, value) in [
        ("sub", fixtures::persona("tenant-user").unwrap().sso_id),
        ("act.sub", fixtures::persona("platform-admin").unwrap().sso_id),
        ("aud", "dezky-portal, platform-api".to_owned()),
    ] {
        let text = format!("<dt>{claim}</dt><dd>{value}</dd>");
        assert!(acting.body.contains(&text), "{text} is not in {}", acting.body);
    }
    let made = json!({"persona": "tenant-user", "actor": "platform-admin", "audience": ["dezky-portal", "platform-api"]});
    assert_eq!(world.told("exchange-made"), [made]);

    world.direct("relying-party", json!({"exchange-with": "subject-twice"}));
    let refused = submit(&world, "/act", &[("request", &request)]).await;
    let reason = "invalid_request: the actor token is refused: it is not for the audience dezky-operator";
    let text = format!("<p role=\"alert\">{reason}</p>");
    assert!(refused.body.contains(&text), "{}", refused.body);
    let told = json!({"persona": "tenant-user", "reason": reason});
    assert_eq!(world.told("exchange-refused"), [told]);

    world.direct("relying-party", json!({"exchange-with": "own"}));
    world.recorder.clock().advance_ms(301_000);
    let late = submit(&world, "/act", &[("request", &request)]).await;
    assert!(late.body.contains("the token has expired"), "{}", late.body);
    let unknown = submit(&world, "/act", &[("request", "guess")]).await;
    assert!(
        unknown.body.contains("Nobody asked for that."),
        "{}",
        unknown.body
    );
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn only_a_customers_token_asks_for_support_and_only_from_the_portal() {
    let world = world();
    let url = format!("{DESK}/support-requests");
    for (origin, allowed) in [(PORTAL, PORTAL), ("https://evil.example", "")] {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization"),
        ];
        let preflight = world.send(Method::OPTIONS, &url, &headers, Vec::new()).await;
        assert_eq!(preflight.header("access-control-allow-origin"), allowed);
        assert_eq!(preflight.header("access-control-allow-credentials"), "");
    }
    let guess = ask_support(&world, PORTAL, "guess").await;
    assert_eq!(guess.status, StatusCode::UNAUTHORIZED);
    let token = customer(&world).await;
    let foreign = ask_support(&world, "https://evil.example", &token).await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    let own = OPERATOR.tokens(&world, "platform-admin").await;
    ask_support(&world, PORTAL, own["access_token"].as_str().unwrap()).await;
    let headers = [("origin", PORTAL)];
    world.send(Method::POST, &url, &headers, Vec::new()).await;
    assert_eq!(
        reasons(&world, "support-request-refused"),
        [
            "the token does not count",
            "the token is for another audience",
            "no bearer token came"
        ]
    );
}
