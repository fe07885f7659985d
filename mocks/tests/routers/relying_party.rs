//! The server half of a confidential client: who is signed in by it, and who is not.

use crate::sso_party::fill_in;
use crate::support::{Answer, World};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

pub(crate) const DESK: &str = "https://operator.dezky.local";
const SESSION: &str = "__Host-dezky_operator";

pub(crate) fn world() -> World {
    World::of("single-sign-on", &[])
}

/// Goes from the sign-in link through every page of the provider, up to the address that it leads back to.
async fn way_back(world: &World, persona: &str, query: &str) -> String {
    let mut answer = world.get(&format!("{DESK}/auth/oidc/login{query}")).await;
    for _ in 0..8 {
        let location = answer.location();
        if location.path() == "/auth/oidc/callback" {
            return location.into();
        }
        let page = world.get(location.as_str()).await;
        answer = if location.path() == "/login" {
            fill_in(world, &page, persona).await
        } else {
            page
        };
    }
    panic!("the pages do not end: {}", answer.body);
}

pub(crate) async fn sign_in(world: &World, persona: &str) -> Answer {
    let back = way_back(world, persona, "").await;
    world.get(&back).await
}

/// The page of the operator who is signed in.
pub(crate) async fn signed_in(world: &World) -> Answer {
    let answer = sign_in(world, "platform-admin").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    world.get(answer.header("location")).await
}

/// Submits a form of the operator's page.
pub(crate) async fn submit(world: &World, path: &str, fields: &[(&str, &str)]) -> Answer {
    submit_from(world, Some(DESK), path, fields).await
}

pub(crate) async fn submit_from(
    world: &World,
    origin: Option<&str>,
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    headers.extend(origin.map(|origin| ("origin", origin)));
    let body = serde_urlencoded::to_string(fields).unwrap().into_bytes();
    world
        .send(Method::POST, &format!("{DESK}{path}"), &headers, body)
        .await
}

pub(crate) async fn nobody_is_signed_in(world: &World) -> bool {
    let home = world.get(&format!("{DESK}/")).await;
    home.body.contains("Nobody is signed in")
}

/// The reasons of all facts of a name.
pub(crate) fn reasons(world: &World, name: &str) -> Vec<String> {
    let told = world.told(name);
    told.iter()
        .filter_map(|data| data["reason"].as_str().map(str::to_owned))
        .collect()
}

fn refused(world: &World, answer: &Answer, status: StatusCode, reason: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(
        answer
            .body
            .contains("<p role=\"alert\">This sign-in is refused: "),
        "{}",
        answer.body
    );
    let told = reasons(world, "sign-in-refused");
    assert!(
        told.last().is_some_and(|told| told.contains(reason)),
        "{told:?} without {reason}"
    );
}

#[tokio::test]
async fn an_operator_signs_in_by_two_steps_and_consent_and_no_token_reaches_the_browser() {
    let world = world();
    assert!(nobody_is_signed_in(&world).await);
    let answer = sign_in(&world, "platform-admin").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.header("location"), format!("{DESK}/"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-dezky_operator="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let page = world.get(answer.header("location")).await;
    for text in [
        "Signed in as Mette Lindqvist",
        "<dd>https://auth.dezky.local/application/o/dezky-operator/</dd>",
        "<dd>dezky-operator</dd>",
        "<dd>dezky, dezky-platform-admins</dd>",
        "<dd>urn:rehearse:acr:two-factors, pwd, otp, mfa</dd>",
        "<dt>Access until</dt>",
        "Nobody so far",
    ] {
        assert!(page.body.contains(text), "{text} is not in {}", page.body);
    }
    let value = world.cookie(DESK, SESSION).unwrap();
    let canaries = world.recorder.canaries();
    assert!(
        canaries
            .iter()
            .any(|canary| canary.kind == "operator_session" && canary.value == value)
    );
    let tokens = ["access_token", "refresh_token", "id_token", "client_secret"];
    for canary in canaries
        .iter()
        .filter(|canary| tokens.contains(&canary.kind.as_str()))
    {
        assert!(!page.body.contains(&canary.value), "{}", canary.kind);
        assert!(!cookie.contains(&canary.value), "{}", canary.kind);
    }
    let by = ["urn:rehearse:acr:two-factors", "pwd", "otp", "mfa"];
    assert!(
        world
            .told("session-started")
            .contains(&json!({"persona": "platform-admin", "recognised_by": by}))
    );
    assert_eq!(world.violations(), Vec::<String>::new());
    assert_eq!(world.unrouted(), Vec::<String>::new());
}

#[rstest]
#[case("wrong-issuer", "Invalid issuer: expected")]
#[case("wrong-audience", "Invalid audiences:")]
#[case("expired", "Expired: ID token expired at")]
#[case("not-yet-valid", "which is still to come")]
#[case("wrong-nonce", "Invalid nonce: nonce mismatch")]
#[case("wrong-hash", "Invalid access token hash")]
#[case("unsigned", "Signature verification failed: No signature found")]
#[case("wrong-signature", "Signature verification failed: Crypto error")]
#[case("unknown-key", "Signature verification failed: No matching key found")]
#[tokio::test]
async fn a_spoilt_identity_token_is_refused_with_its_reason(#[case] fault: &str, #[case] reason: &str) {
    let world = world();
    world.direct("sso", json!({"id-token": fault}));
    let answer = sign_in(&world, "platform-admin").await;
    refused(&world, &answer, StatusCode::BAD_REQUEST, reason);
    assert!(nobody_is_signed_in(&world).await);
    assert_eq!(world.cookie(DESK, SESSION), None);
}

#[rstest]
#[case("discovery", "Server returned invalid response")]
#[case("jwks", "Server returned invalid response")]
#[case("token", "server_error")]
#[case("userinfo", "Server returned invalid response")]
#[tokio::test]
async fn a_provider_that_fails_signs_nobody_in(#[case] endpoint: &str, #[case] reason: &str) {
    let world = world();
    let back = way_back(&world, "platform-admin", "").await;
    world.direct("sso", json!({"failing": {endpoint: 503}}));
    let answer = world.get(&back).await;
    refused(&world, &answer, StatusCode::BAD_GATEWAY, reason);
    assert!(nobody_is_signed_in(&world).await);
}

#[tokio::test]
async fn keys_and_clock_are_looked_at_anew_each_time() {
    let world = world();
    world.direct("sso", json!({"rotate-keys": true, "retire-keys": true}));
    world.recorder.clock().advance_ms(86_400_000);
    let page = signed_in(&world).await;
    assert!(page.body.contains("Signed in as"), "{}", page.body);
    let page = submit(&world, "/renew", &[]).await;
    assert!(page.body.contains("Renewed"), "{}", page.body);
}

/// RFC 6749, §5.2, has errors for a refusal; a provider that fails has refused nothing.
#[rstest]
#[case("discovery")]
#[case("jwks")]
#[case("token")]
#[tokio::test]
async fn a_provider_that_fails_ends_no_session(#[case] endpoint: &str) {
    let world = world();
    signed_in(&world).await;
    world.direct("sso", json!({"failing": {endpoint: 503}}));
    let page = submit(&world, "/renew", &[]).await;
    assert!(page.body.contains("Signed in as"), "{}", page.body);
    assert!(page.body.contains("role=\"alert\""), "{}", page.body);
    assert_eq!(world.told("renewal-failed").len(), 1);
    world.direct("sso", json!({"failing": {}}));
    let page = submit(&world, "/renew", &[]).await;
    assert!(page.body.contains("Renewed"), "{}", page.body);
}

/// What is changed of the address that leads back: a parameter, its value (none takes it away), the reason.
#[rstest]
#[case("state", Some("guess"), "the state is not ours")]
#[case("state", None, "the state is not ours")]
#[case("iss", Some("https://evil.example/"), "the answer is of another issuer")]
#[case("iss", None, "the answer is of another issuer")]
#[case("code", None, "no code came")]
#[case("code", Some("guess"), "invalid_grant")]
#[tokio::test]
async fn an_answer_that_was_tampered_with_signs_nobody_in(
    #[case] name: &str,
    #[case] value: Option<&str>,
    #[case] reason: &str,
) {
    let world = world();
    let mut back = url::Url::parse(&way_back(&world, "platform-admin", "").await).unwrap();
    let mut pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    pairs.retain(|(known, _)| known != name);
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    back.query_pairs_mut().clear().extend_pairs(pairs);
    let answer = world.get(back.as_str()).await;
    refused(&world, &answer, StatusCode::BAD_REQUEST, reason);
}

#[tokio::test]
async fn an_answer_counts_once_and_in_the_browser_that_asked() {
    let world = world();
    let back = way_back(&world, "platform-admin", "").await;
    let headers = [("cookie", "__Host-dezky_operator_browser=another")];
    let answer = world.send(Method::GET, &back, &headers, Vec::new()).await;
    refused(
        &world,
        &answer,
        StatusCode::BAD_REQUEST,
        "another browser began this sign-in",
    );
    let answer = world.get(&back).await;
    refused(&world, &answer, StatusCode::BAD_REQUEST, "the state is not ours");
}

#[tokio::test]
async fn a_password_given_too_long_ago_is_no_answer_to_max_age() {
    let world = world();
    signed_in(&world).await;
    let back = way_back(&world, "platform-admin", "?max_age=600").await;
    world.recorder.clock().advance_ms(30_000);
    let answer = world.get(&back).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    // Nobody is asked for the password, because the provider never sees what was asked for.
    let begun = world.get(&format!("{DESK}/auth/oidc/login?max_age=60")).await;
    let mut asked = begun.location();
    let pairs: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    let kept = pairs.iter().filter(|(name, _)| name != "max_age");
    asked.query_pairs_mut().clear().extend_pairs(kept);
    world.recorder.clock().advance_ms(600_000);
    let back = world.get(asked.as_str()).await;
    let answer = world.get(back.header("location")).await;
    let reason = "Invalid authentication time: the password was not given in the last 60 s";
    refused(&world, &answer, StatusCode::BAD_REQUEST, reason);
}

#[tokio::test]
async fn what_the_provider_refuses_is_shown_by_its_name() {
    let world = world();
    let answer = sign_in(&world, "tenant-user").await;
    refused(
        &world,
        &answer,
        StatusCode::BAD_REQUEST,
        "access_denied: the user is in no group",
    );
    world.direct("sso", json!({"end-sessions": true}));
    let back = way_back(&world, "platform-admin", "?prompt=none").await;
    let answer = world.get(&back).await;
    refused(&world, &answer, StatusCode::BAD_REQUEST, "login_required");
    let begun = world
        .get(&format!("{DESK}/auth/oidc/login?max_age=60&login_hint=mette"))
        .await;
    assert_eq!(begun.located("max_age").as_deref(), Some("60"));
    assert_eq!(begun.located("login_hint").as_deref(), Some("mette"));
    assert_eq!(begun.located("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(
        begun.located("scope").as_deref(),
        Some("openid profile email groups offline_access")
    );
    assert_eq!(world.told("session-renewed"), Vec::<Value>::new());
}
