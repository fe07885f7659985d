//! What an authorization request may ask for, beyond a code.

use std::collections::BTreeMap;

use crate::sso_party::{
    AUTH, OPERATOR, PORTAL, PORTAL_ISSUER, Party, SPA, claims, continued, fill_in, submit, world,
};
use crate::support::{Answer, World, hidden};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use journal::{Clock, Recorder};
use rstest::rstest;
use serde_json::json;
use tower::ServiceExt as _;

const TWO_FACTORS: &str = "urn:rehearse:acr:two-factors";

#[rstest]
#[case::none_with_more(&PORTAL, &[("prompt", "none login")], "invalid_request")]
#[case::no_one(&PORTAL, &[("prompt", "none")], "login_required")]
#[case::negative_age(&PORTAL, &[("max_age", "-1")], "invalid_request")]
#[case::odd_mode(&PORTAL, &[("response_mode", "pigeon")], "invalid_request")]
#[case::request_object(&PORTAL, &[("request", "e30.e30.")], "request_not_supported")]
#[case::request_uri(&PORTAL, &[("request_uri", "https://evil.example/")], "request_uri_not_supported")]
#[case::foreign_hint(&PORTAL, &[("id_token_hint", "e30.e30.e30")], "invalid_request")]
#[case::no_challenge(&SPA, &[("code_challenge", "")], "invalid_request")]
#[case::plain(&OPERATOR, &[("code_challenge_method", "plain")], "invalid_request")]
#[tokio::test]
async fn a_request_that_cannot_be_met_goes_back(
    #[case] party: &Party,
    #[case] changes: &[(&str, &str)],
    #[case] error: &str,
) {
    let world = world();
    let answer = world.get(&party.authorize_url(changes)).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    assert_eq!(answer.located("error").as_deref(), Some(error));
    assert_eq!(answer.located("iss").as_deref(), Some(party.issuer));
}

#[tokio::test]
async fn a_prompt_is_within_the_contract() {
    let world = world();
    world.get(&world.authorize_url(&[("prompt", "none")])).await;
    world
        .get(&world.authorize_url(&[("prompt", "login consent")]))
        .await;
    world
        .get(&world.authorize_url(&[("max_age", "60"), ("login_hint", "a@b.example")]))
        .await;
    assert!(world.violations().is_empty(), "{:?}", world.violations());
    world.get(&world.authorize_url(&[("prompt", "dance")])).await;
    assert_eq!(world.violations().len(), 1);
}

#[tokio::test]
async fn a_client_is_known_to_its_own_issuer_only() {
    let world = world();
    let url = PORTAL.authorize_url(&[
        ("client_id", OPERATOR.id),
        ("redirect_uri", OPERATOR.redirect_uri),
    ]);
    assert_eq!(world.get(&url).await.status, StatusCode::BAD_REQUEST);
    let nowhere = format!("{AUTH}/application/o/nothing/jwks.json");
    assert_eq!(world.get(&nowhere).await.status, StatusCode::NOT_FOUND);
    let root = format!("{AUTH}/.well-known/openid-configuration");
    assert_eq!(world.get(&root).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_password_is_asked_for_again_once_it_is_too_old() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    world.recorder.clock().advance_ms(61_000);
    let young = world.get(&PORTAL.authorize_url(&[("max_age", "3600")])).await;
    assert!(young.located("code").is_some());
    let silent = world
        .get(&PORTAL.authorize_url(&[("max_age", "60"), ("prompt", "none")]))
        .await;
    assert_eq!(silent.located("error").as_deref(), Some("login_required"));
    let old = PORTAL.sign_in(&world, "tenant-user", &[("max_age", "60")]).await;
    let tokens = PORTAL.redeem(&world, &old.located("code").unwrap()).await.json();
    let identity = crate::sso_party::claims(&tokens["id_token"]);
    let age = identity["iat"].as_i64().unwrap() - identity["auth_time"].as_i64().unwrap();
    assert!((0..=2).contains(&age), "the password was given just now: {age}");
    let start = world.get(&PORTAL.authorize_url(&[("max_age", "0")])).await;
    assert_eq!(start.location().path(), "/login", "asked within the same second");
    let page = world.get(start.header("location")).await;
    let now = fill_in(&world, &page, "tenant-user").await;
    assert!(now.located("code").is_some(), "a fresh password is never too old");
}

/// The page of a step, as the answer before it leads there.
async fn next_page(world: &World, answer: &Answer) -> Answer {
    world.get(answer.header("location")).await
}

fn age(tokens: &serde_json::Value) -> i64 {
    let identity = claims(&tokens["id_token"]);
    identity["iat"].as_i64().unwrap() - identity["auth_time"].as_i64().unwrap()
}

#[tokio::test]
async fn the_password_does_not_age_while_its_code_is_looked_for() {
    let world = world();
    let wish = [("max_age", "60"), ("acr_values", TWO_FACTORS)];
    let start = world.get(&PORTAL.authorize_url(&wish)).await;
    let password = next_page(&world, &start).await;
    let second = fill_in(&world, &password, "platform-admin").await;
    let code = next_page(&world, &second).await;
    world.recorder.clock().advance_ms(120_000);
    let answer = fill_in(&world, &code, "platform-admin").await;
    let tokens = PORTAL.redeem(&world, &answer.located("code").unwrap()).await;
    assert!((0..=2).contains(&age(&tokens.json())), "{}", tokens.body);
}

#[tokio::test]
async fn time_on_the_consent_page_counts_and_its_answer_is_kept() {
    let world = world();
    let wish = [("max_age", "60"), ("prompt", "login consent")];
    let mut answer = world.get(&PORTAL.authorize_url(&wish)).await;
    for headings in ["id=\"password\"", "asks for your consent", "id=\"password\""] {
        let page = next_page(&world, &answer).await;
        assert!(page.body.contains(headings), "{}", page.body);
        world.recorder.clock().advance_ms(120_000);
        answer = fill_in(&world, &page, "tenant-user").await;
    }
    let tokens = PORTAL.redeem(&world, &answer.located("code").unwrap()).await;
    assert!((0..=2).contains(&age(&tokens.json())), "{}", tokens.body);
}

#[tokio::test]
async fn hints_fill_in_the_form_and_hold_the_user_to_who_is_meant() {
    let world = world();
    let tokens = PORTAL.tokens(&world, "tenant-user").await;
    let hint = tokens["id_token"].as_str().unwrap();
    let same = world
        .get(&PORTAL.authorize_url(&[("id_token_hint", hint), ("prompt", "none")]))
        .await;
    assert!(same.located("code").is_some());
    let start = world
        .get(&PORTAL.authorize_url(&[("prompt", "login"), ("login_hint", "who@dezky.example")]))
        .await;
    let page = world.get(start.header("location")).await;
    assert!(page.body.contains("value=\"who@dezky.example\""), "{}", page.body);
    let other = PORTAL
        .sign_in(
            &world,
            "platform-admin",
            &[("id_token_hint", hint), ("prompt", "login")],
        )
        .await;
    assert_eq!(other.located("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn the_account_can_be_chosen() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let choose = PORTAL.authorize_url(&[("prompt", "select_account")]);
    let start = world.get(&choose).await;
    let page = world.get(start.header("location")).await;
    assert!(
        page.body.contains("Jonas Friis (jonas.friis@tenant.example)"),
        "{}",
        page.body
    );
    let this = submit(&world, &page, &[("answer", "this")]).await;
    assert!(this.located("code").is_some());
    let start = world.get(&choose).await;
    let page = world.get(start.header("location")).await;
    let other = submit(&world, &page, &[("answer", "other")]).await;
    let password = world.get(other.header("location")).await;
    let told = fill_in(&world, &password, "platform-admin").await;
    // The portal of the person before hears of it in a frame.
    let other = world.get(&continued(&told)).await;
    assert!(other.located("code").is_some());
    let causes: Vec<_> = world.told("session-ended");
    assert_eq!(
        causes,
        [json!({"persona": "tenant-user", "cause": "other-account"})]
    );
}

#[tokio::test]
async fn the_answer_comes_in_the_query_the_fragment_or_a_form() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let fragment = world
        .get(&PORTAL.authorize_url(&[("response_mode", "fragment")]))
        .await;
    let location = fragment.location();
    assert_eq!(location.query(), None);
    assert!(location.fragment().unwrap().contains("code="));
    assert!(
        location
            .fragment()
            .unwrap()
            .contains("state=state-0123456789abcdef")
    );
    let form = world
        .get(&PORTAL.authorize_url(&[("response_mode", "form_post")]))
        .await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.body.contains(&format!("action=\"{}\"", PORTAL.redirect_uri)));
    assert_eq!(hidden(&form.body, "iss"), PORTAL_ISSUER);
    let code = hidden(&form.body, "code");
    assert_eq!(PORTAL.redeem(&world, &code).await.status, StatusCode::OK);
    let policy = form.header("content-security-policy");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(!policy.contains("form-action"), "{policy}");
    assert!(!form.body.contains("<script>"), "no script in the page itself");
}

/// Where a client that asks for tokens at once looks for the answer: RFC 6749, §4.2.2.1; OpenID Connect Core, §3.2.2.6.
#[rstest]
#[case("token", &[], true)]
#[case("id_token", &[], true)]
#[case("code id_token", &[], true)]
#[case("token", &[("response_mode", "pigeon")], true)]
#[case("token", &[("response_mode", "query")], false)]
#[case("code", &[("prompt", "none")], false)]
#[tokio::test]
async fn an_error_goes_where_the_client_looks(
    #[case] response_type: &str,
    #[case] more: &[(&str, &str)],
    #[case] in_fragment: bool,
) {
    let world = world();
    let mut changes = vec![("response_type", response_type)];
    changes.extend(more);
    let answer = world.get(&PORTAL.authorize_url(&changes)).await;
    let location = answer.location();
    let holds = |part: Option<&str>| part.is_some_and(|part| part.starts_with("error="));
    assert_eq!(holds(location.fragment()), in_fragment, "{location}");
    assert_eq!(holds(location.query()), !in_fragment, "{location}");
}

#[tokio::test]
async fn a_client_may_frame_the_page_with_its_answer_and_no_other_page() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let policy = async |changes: &[(&str, &str)]| {
        let mut page = world.get(&PORTAL.authorize_url(changes)).await;
        if page.status != StatusCode::OK {
            page = next_page(&world, &page).await;
        }
        page.header("content-security-policy").to_owned()
    };
    let answer = policy(&[("response_mode", "form_post"), ("prompt", "none")]).await;
    assert!(
        answer.ends_with("; frame-ancestors https://app.dezky.local"),
        "{answer}"
    );
    let password = policy(&[("response_mode", "form_post"), ("prompt", "login")]).await;
    assert!(password.ends_with("; frame-ancestors 'none'"), "{password}");
}

/// The services a token is to be for (RFC 8707, §2).
#[tokio::test]
async fn resources_may_be_several() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let two = "&resource=https%3A%2F%2Fa.example%2F&resource=https%3A%2F%2Fb.example%2F";
    let answer = world.get(&format!("{}{two}", PORTAL.authorize_url(&[]))).await;
    assert!(answer.located("code").is_some(), "{}", answer.location());
}

#[tokio::test]
async fn spaces_of_a_scope_mean_nothing() {
    let world = world();
    let spaced = [("scope", "  openid   email ")];
    let tokens = PORTAL.tokens_asked_for(&world, "tenant-user", &spaced).await;
    assert_eq!(tokens["scope"], "openid email");
}

/// What is left of a scope must hold `openid` too (OpenID Connect Core, §3.1.2.1, `scope`).
#[tokio::test]
async fn a_client_that_may_not_ask_for_openid_is_told_so() {
    let mut specs = fixtures::providers().unwrap();
    specs[0].issuers[0].clients[0].scopes = vec!["email".to_owned()];
    let spec = fixtures::world("customer-detail").unwrap();
    let setting = mocks::Setting {
        recorder: Recorder::in_memory(Clock::new(), 1),
        origins: spec.addresses(),
        switches: spec.settings,
        seed: Some(1),
    };
    let providers = mocks::Providers::new(setting, specs, BTreeMap::new()).unwrap();
    let address = World::new(&[]).authorize_url(&[]);
    let request = Request::get(address.as_str()).body(Body::empty()).unwrap();
    let answer = providers.router().oneshot(request).await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.contains("?error=invalid_scope&"), "{location}");
}

/// RFC 6749, §4.1.2.1 and §5.2: a description may quote a caller, but not all that a caller sends.
#[tokio::test]
async fn a_description_holds_what_the_standard_allows() {
    let world = world();
    let odd = "a\"b\\c\u{1b}[2J";
    let answer = world.get(&PORTAL.authorize_url(&[("prompt", odd)])).await;
    let said = "the prompt a?b?c?[2J is not offered";
    assert_eq!(answer.located("error_description").as_deref(), Some(said));
    assert_eq!(world.told("authorization-refused")[0]["description"], said);
    let answer = PORTAL.post(&world, "/token", &[(odd, "1"), (odd, "2")]).await;
    let said = "a?b?c?[2J is given twice";
    assert_eq!(answer.json()["error_description"], said);
    assert_eq!(world.told("token-refused")[0]["description"], said);
}

#[tokio::test]
async fn a_secret_in_the_wrong_place_is_not_quoted() {
    let world = world();
    let tokens = PORTAL.tokens(&world, "tenant-user").await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let secret = world.ensemble.client_secret(PORTAL.id).unwrap();
    for fields in [
        vec![("grant_type", secret.as_str())],
        vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("scope", &secret),
        ],
    ] {
        let answer = PORTAL.post(&world, "/token", &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(!answer.body.contains(&secret), "{}", answer.body);
    }
    let facts = serde_json::to_string(&world.told("token-refused")).unwrap();
    assert!(!facts.contains(&secret), "{facts}");
}

#[tokio::test]
async fn a_form_has_its_limits() {
    let world = world();
    let ask = async |length: usize| {
        let scope = "x".repeat(length - "scope=".len());
        world
            .post_form(&PORTAL.endpoint("/token"), &[("scope", &scope)])
            .await
    };
    assert_eq!(ask(64 * 1024).await.status, StatusCode::UNAUTHORIZED);
    let larger = ask(64 * 1024 + 1).await;
    assert_eq!(larger.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(larger.body.contains("larger than 65536 bytes"), "{}", larger.body);
}

#[tokio::test]
async fn a_request_may_come_by_post() {
    let world = world();
    let address = PORTAL.authorize_url(&[]);
    let (_, query) = address.split_once('?').unwrap();
    let post = async || {
        world
            .send(
                Method::POST,
                &PORTAL.endpoint("/authorize"),
                &[("content-type", "application/x-www-form-urlencoded")],
                query.as_bytes().to_vec(),
            )
            .await
    };
    // Nobody is signed in, or another site posted the form and the cookie did not come along: by GET it would.
    let by_get = post().await;
    assert_eq!(by_get.status, StatusCode::SEE_OTHER);
    assert_eq!(by_get.location(), url::Url::parse(&address).unwrap());
    assert_eq!(next_page(&world, &by_get).await.location().path(), "/login");
    PORTAL.code(&world, "tenant-user").await;
    assert!(post().await.located("code").is_some());
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}
