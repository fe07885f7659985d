//! What a session with the relying party's server is good for, and how it ends.

use crate::relying_party::{
    DESK, nobody_is_signed_in, reasons, sign_in, signed_in, submit, submit_from, world,
};
use crate::sso_party::OPERATOR;
use crate::support::{Answer, World};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

const PORTAL: &str = "https://app.dezky.local";

#[tokio::test]
async fn a_session_is_renewed_by_its_refresh_token_until_that_is_refused() {
    let world = world();
    let before = signed_in(&world).await;
    world.recorder.clock().advance_ms(100_000);
    let after = submit(&world, "/renew", &[]).await;
    assert!(
        after.body.contains("<p role=\"status\">Renewed</p>"),
        "{}",
        after.body
    );
    let until = |page: &Answer| {
        let (_, rest) = page.body.split_once("Access until</dt><dd>").unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    assert!(until(&after) > until(&before), "{}", after.body);
    world.direct("sso", json!({"id-token": "wrong-signature"}));
    let over = submit(&world, "/renew", &[]).await;
    assert_eq!(over.status, StatusCode::BAD_REQUEST);
    let text = "<p role=\"alert\">The session is over: Signature verification failed";
    assert!(over.body.contains(text), "{}", over.body);
    assert!(nobody_is_signed_in(&world).await);
    assert_eq!(reasons(&world, "renewal-refused").len(), 1);
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn the_provider_is_asked_whether_the_token_counts() {
    let world = world();
    signed_in(&world).await;
    let page = submit(&world, "/introspect", &[]).await;
    assert!(page.body.contains("The access token is active"), "{}", page.body);
    world.direct("sso", json!({"revoke-tokens": true}));
    let page = submit(&world, "/introspect", &[]).await;
    assert!(
        page.body.contains("The access token is not active"),
        "{}",
        page.body
    );
    world.direct("sso", json!({"failing": {"introspect": 500}}));
    let page = submit(&world, "/introspect", &[]).await;
    assert!(page.body.contains("server_error"), "{}", page.body);
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_provider() {
    let world = world();
    signed_in(&world).await;
    let leaving = submit(&world, "/auth/oidc/logout", &[]).await;
    assert_eq!(leaving.status, StatusCode::SEE_OTHER, "{}", leaving.body);
    assert!(leaving.located("id_token_hint").is_some());
    assert!(leaving.located("state").is_some());
    assert!(nobody_is_signed_in(&world).await);
    let back = world.get(leaving.header("location")).await;
    assert_eq!(back.status, StatusCode::FOUND, "{}", back.body);
    let page = world.get(back.header("location")).await;
    assert!(page.body.contains("<h1>Signed out</h1>"), "{}", page.body);
    let again = world.get(back.header("location")).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "a state counts once");
    assert!(
        world
            .told("session-ended")
            .contains(&json!({"persona": "platform-admin", "cause": "rp-logout"}))
    );
    assert_eq!(world.violations(), Vec::<String>::new());
}

/// The address by which the provider leads back from a sign-out.
async fn way_back_from_signing_out(world: &World) -> String {
    let leaving = submit(world, "/auth/oidc/logout", &[]).await;
    let back = world.get(leaving.header("location")).await;
    back.header("location").to_owned()
}

#[tokio::test]
async fn another_browser_is_not_signed_out_by_somebodys_way_back() {
    let world = world();
    signed_in(&world).await;
    let back = way_back_from_signing_out(&world).await;
    // A one-time code counts once.
    world.recorder.clock().advance_ms(30_000);
    signed_in(&world).await;
    let victim = world.cookie(DESK, "__Host-dezky_operator").unwrap();
    let cookies = format!("__Host-dezky_operator={victim}; __Host-dezky_operator_browser=another");
    let headers = [("cookie", cookies.as_str())];
    let answer = world.send(Method::GET, &back, &headers, Vec::new()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("was not begun here"), "{}", answer.body);
    assert!(!nobody_is_signed_in(&world).await);
}

#[tokio::test]
async fn a_way_back_that_nobody_took_is_forgotten() {
    let world = world();
    signed_in(&world).await;
    let back = way_back_from_signing_out(&world).await;
    world.recorder.clock().advance_ms(30 * 60 * 1000);
    let answer = world.get(&back).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
}

#[tokio::test]
async fn a_provider_that_fails_keeps_nobody_signed_in_here() {
    let world = world();
    signed_in(&world).await;
    world.direct("sso", json!({"failing": {"discovery": 503}}));
    let answer = submit(&world, "/auth/oidc/logout", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    let text = "You are signed out here, but not at the provider: ";
    assert!(answer.body.contains(text), "{}", answer.body);
    assert!(nobody_is_signed_in(&world).await);
}

/// Posts what waits in the back channel, and gives the answers.
async fn bring(world: &World, calls: &[mocks::LogoutCall]) -> Vec<Answer> {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let mut answers = Vec::new();
    for call in calls {
        let body = call.body.clone().into_bytes();
        answers.push(world.send(Method::POST, &call.url, &headers, body).await);
    }
    answers
}

#[tokio::test]
async fn a_logout_token_ends_the_session_once() {
    let world = world();
    signed_in(&world).await;
    world.direct("sso", json!({"end-sessions": true}));
    let calls = world.ensemble.back_channel().take();
    let taken = &bring(&world, &calls).await[0];
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    assert_eq!(taken.header("cache-control"), "no-store");
    assert!(nobody_is_signed_in(&world).await);
    assert_eq!(
        world.told("back-channel-logout-received"),
        [json!({"personas": ["platform-admin"], "sessions": 1})]
    );
    let again = &bring(&world, &calls).await[0];
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        again.json(),
        json!({"error": "invalid_request", "error_description": "the logout token came before"})
    );
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[rstest]
#[case("wrong-issuer", "of another issuer")]
#[case("wrong-audience", "for somebody else")]
#[case("expired", "has run out")]
#[case("not-yet-valid", "of a time to come")]
#[case("unsigned", "is malformed")]
#[case("wrong-signature", "signature is wrong")]
#[case("unknown-key", "signed with an unknown key")]
#[tokio::test]
async fn a_spoilt_logout_token_ends_nothing(#[case] fault: &str, #[case] reason: &str) {
    let world = world();
    signed_in(&world).await;
    world.direct("sso", json!({"logout-token": fault, "end-sessions": true}));
    let answer = &bring(&world, &world.ensemble.back_channel().take()).await[0];
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.body.contains(reason), "{}", answer.body);
    assert!(!nobody_is_signed_in(&world).await);
    assert!(reasons(&world, "back-channel-logout-refused")[0].contains(reason));
}

#[tokio::test]
async fn another_token_is_no_logout_token() {
    let world = world();
    let tokens = OPERATOR.tokens(&world, "platform-admin").await;
    for (token, reason) in [
        (tokens["id_token"].as_str().unwrap(), "about another event"),
        (tokens["access_token"].as_str().unwrap(), "about another event"),
        ("guess", "is malformed"),
    ] {
        let answer = submit(
            &world,
            "/auth/oidc/back-channel-logout",
            &[("logout_token", token)],
        )
        .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.contains(reason), "{}", answer.body);
    }
    let answer = submit(&world, "/auth/oidc/back-channel-logout", &[]).await;
    assert!(answer.body.contains("logout_token is missing"), "{}", answer.body);
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let world = world();
    signed_in(&world).await;
    for path in ["/renew", "/introspect", "/act", "/auth/oidc/logout"] {
        for origin in [Some("https://evil.example"), Some(PORTAL), Some("null"), None] {
            let answer = submit_from(&world, origin, path, &[]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {origin:?}");
        }
        let data = json!({"origin": Value::Null, "path": path});
        assert!(world.told("form-refused").contains(&data));
    }
    assert!(!nobody_is_signed_in(&world).await);
    assert_eq!(world.told("session-renewed"), Vec::<Value>::new());
}

#[tokio::test]
async fn a_session_ends_by_itself_and_whoever_signs_in_anew_has_another() {
    let world = world();
    signed_in(&world).await;
    let first = world.cookie(DESK, "__Host-dezky_operator").unwrap();
    sign_in(&world, "platform-admin").await;
    assert_ne!(world.cookie(DESK, "__Host-dezky_operator").unwrap(), first);
    let cookie = format!("__Host-dezky_operator={first}");
    let headers = [("cookie", cookie.as_str())];
    let url = format!("{DESK}/");
    let home = world.send(Method::GET, &url, &headers, Vec::new()).await;
    assert!(home.body.contains("Nobody is signed in"), "{}", home.body);
    world.recorder.clock().advance_ms(8 * 60 * 60 * 1000);
    assert!(nobody_is_signed_in(&world).await);
}
