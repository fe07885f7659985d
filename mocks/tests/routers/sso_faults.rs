//! Issuers: what each says of itself, and what can be wrong with it on purpose.

use std::collections::BTreeSet;

use crate::sso_party::{OPERATOR, OPERATOR_ISSUER, PORTAL, PORTAL_ISSUER, SPA, claims, part, world};
use crate::support::World;
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

async fn key_ids(world: &World, issuer: &str) -> BTreeSet<String> {
    let answer = world.get(&format!("{issuer}jwks.json")).await.json();
    let keys = answer["keys"].as_array().unwrap().clone();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn each_issuer_has_a_document_and_keys_of_its_own() {
    let world = world();
    let mut all = BTreeSet::new();
    for issuer in [OPERATOR_ISSUER, PORTAL_ISSUER] {
        let url = format!("{issuer}.well-known/openid-configuration");
        let document = world.get(&url).await.json();
        assert_eq!(document["issuer"], issuer);
        for (name, value) in document.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                assert!(value.as_str().unwrap().starts_with(issuer), "{name}: {value}");
            }
        }
        let scopes = document["scopes_supported"].as_array().unwrap();
        assert!(scopes.contains(&json!("groups")));
        let keys = world.get(document["jwks_uri"].as_str().unwrap()).await.json();
        let algorithms: Vec<_> = keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["alg"].clone())
            .collect();
        assert_eq!(algorithms, ["RS256", "ES256"]);
        assert!(!keys.to_string().contains("\"d\""), "no private half");
        all.extend(key_ids(&world, issuer).await);
    }
    assert_eq!(all.len(), 4);
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case::page_of_the_spa("https://app.dezky.local", PORTAL_ISSUER, true)]
#[case::at_the_other_issuer("https://app.dezky.local", OPERATOR_ISSUER, false)]
#[case::of_a_confidential_client("https://operator.dezky.local", OPERATOR_ISSUER, false)]
#[case::stranger("https://evil.example", PORTAL_ISSUER, false)]
#[tokio::test]
async fn only_pages_of_an_issuers_public_clients_may_call_it(
    #[case] origin: &str,
    #[case] issuer: &str,
    #[case] allowed: bool,
) {
    let world = world();
    let expected = if allowed { origin } else { "" };
    for path in [".well-known/openid-configuration", "jwks.json", "userinfo"] {
        let url = format!("{issuer}{path}");
        let answer = world
            .send(Method::GET, &url, &[("origin", origin)], Vec::new())
            .await;
        assert_eq!(answer.header("access-control-allow-origin"), expected, "{path}");
    }
    let authorize = world
        .send(
            Method::GET,
            &format!("{issuer}authorize"),
            &[("origin", origin)],
            Vec::new(),
        )
        .await;
    assert_eq!(authorize.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn keys_turn_and_old_ones_stay_until_they_are_retired() {
    let world = world();
    let before = key_ids(&world, PORTAL_ISSUER).await;
    let old = SPA.tokens(&world, "tenant-user").await;
    world.direct("sso", json!({"rotate-keys": true}));
    let both = key_ids(&world, PORTAL_ISSUER).await;
    assert_eq!(both.len(), 4);
    assert!(before.is_subset(&both));
    let new = SPA.tokens(&world, "tenant-user").await;
    assert_ne!(part(&old["id_token"], 0)["kid"], part(&new["id_token"], 0)["kid"]);
    let ask = async |tokens: &Value| {
        world
            .get_as(
                &SPA.endpoint("/userinfo"),
                tokens["access_token"].as_str().unwrap(),
            )
            .await
            .status
    };
    assert_eq!(ask(&old).await, StatusCode::OK);
    world.direct("sso", json!({"retire-keys": true}));
    assert_eq!(ask(&old).await, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&new).await, StatusCode::OK);
    assert!(key_ids(&world, PORTAL_ISSUER).await.is_disjoint(&before));
}

#[rstest]
#[case("wrong-issuer", "the token is from another issuer")]
#[case("expired", "the token has expired")]
#[case("not-yet-valid", "the token does not count yet")]
#[case("unsigned", "the token is malformed")]
#[case("wrong-signature", "the token's signature or claims are wrong")]
#[case("unknown-key", "the token is signed with an unknown key")]
#[tokio::test]
async fn a_spoilt_access_token_is_refused_with_the_reason(#[case] fault: &str, #[case] reason: &str) {
    let world = world();
    world.direct("sso", json!({"access-token": fault}));
    let tokens = SPA.tokens(&world, "tenant-user").await;
    let token = tokens["access_token"].as_str().unwrap();
    let info = world.get_as(&SPA.endpoint("/userinfo"), token).await;
    assert_eq!(info.json()["error_description"], reason, "{}", info.body);
    world.direct("sso", json!({"access-token": "none"}));
    let tokens = SPA.tokens(&world, "tenant-user").await;
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        world.get_as(&SPA.endpoint("/userinfo"), token).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused_by_the_service() {
    let world = world();
    world.direct("sso", json!({"access-token": "wrong-audience"}));
    let token = world.token("support-agent").await;
    let answer = world.get_as("https://c360.qontak.com/v1/me", &token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains("the token is for another audience"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_clock_that_is_wrong_shows_in_the_tokens_only() {
    let world = world();
    world.direct("sso", json!({"clock-skew": -600}));
    let tokens = SPA.tokens(&world, "tenant-user").await;
    let said = claims(&tokens["id_token"]);
    let now = world.recorder.clock().now_s();
    let behind = now - said["iat"].as_i64().unwrap();
    assert!((600..=605).contains(&behind), "{behind}");
    let age = said["iat"].as_i64().unwrap() - said["auth_time"].as_i64().unwrap();
    assert!((0..=5).contains(&age), "one clock tells all its times: {age}");
    let info = world
        .get_as(
            &SPA.endpoint("/userinfo"),
            tokens["access_token"].as_str().unwrap(),
        )
        .await;
    assert_eq!(info.json()["error_description"], "the token has expired");
}

#[tokio::test]
async fn endpoints_fail_as_directed() {
    let world = world();
    world.direct("sso", json!({"failing": {"token": 503, "jwks": 500}}));
    let code = SPA.code(&world, "tenant-user").await;
    let answer = SPA.redeem(&world, &code).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json()["error"], "server_error");
    let keys = world.get(&PORTAL.endpoint("/jwks.json")).await;
    assert_eq!(keys.status, StatusCode::INTERNAL_SERVER_ERROR);
    world.direct("sso", json!({"failing": {}}));
    assert_eq!(
        SPA.redeem(&world, &code).await.status,
        StatusCode::OK,
        "the code is still whole"
    );
    let error = world
        .ensemble
        .direct("sso", &json!({"failing": {"token": 404}}))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("sso: failing"), "{text}");
    assert!(
        text.contains("404 is no server's error; give a status from 500 to 599"),
        "{text}"
    );
}

#[tokio::test]
async fn what_an_issuer_refuses_is_said_in_the_words_of_the_standard() {
    let world = world();
    let answer = world
        .post_form(&OPERATOR.endpoint("/token"), &[("grant_type", "password")])
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), "Basic realm=\"token\"");
    assert_eq!(answer.json()["error"], "invalid_client");
}

#[rstest]
#[case("wrong-state", "state")]
#[case("wrong-issuer", "iss")]
#[tokio::test]
async fn an_answer_can_be_meant_for_somebody_else(#[case] fault: &str, #[case] spoilt: &str) {
    let world = world();
    let right = SPA.sign_in(&world, "tenant-user", &[]).await;
    world.direct("sso", json!({"authorization": fault}));
    let wrong = SPA.sign_in(&world, "tenant-user", &[]).await;
    for name in ["state", "iss"] {
        let same = right.located(name) == wrong.located(name);
        assert_eq!(same, name != spoilt, "{name}");
    }
    assert!(wrong.located("code").is_some());
}

#[tokio::test]
async fn an_answer_can_be_repeated_word_for_word() {
    let world = world();
    world.direct("sso", json!({"authorization": "replayed"}));
    let first = SPA.sign_in(&world, "tenant-user", &[("state", "first")]).await;
    assert_eq!(
        first.located("state").as_deref(),
        Some("first"),
        "nothing came before"
    );
    let second = SPA.sign_in(&world, "tenant-user", &[("state", "second")]).await;
    assert_eq!(second.header("location"), first.header("location"));
    let refused = SPA
        .sign_in(&world, "tenant-user", &[("prompt", "none"), ("state", "third")])
        .await;
    assert_eq!(refused.header("location"), first.header("location"));
}
