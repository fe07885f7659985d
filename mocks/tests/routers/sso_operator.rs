//! The way into an application with a policy: group, second factor, consent.

use crate::sso_party::{
    AUTH, OPERATOR, OPERATOR_ISSUER, PORTAL, claims, continued, fill_in, part, submit, world,
};
use crate::support::{World, challenge};
use http::StatusCode;
use rstest::rstest;
use serde_json::json;

#[tokio::test]
async fn an_operator_signs_in_with_a_code_and_consents() {
    let world = world();
    let start = world.get(&OPERATOR.authorize_url(&[])).await;
    let password = world.get(start.header("location")).await;
    assert!(
        password.body.contains("to go on to Dezky Operator"),
        "{}",
        password.body
    );
    let second = fill_in(&world, &password, "platform-admin").await;
    let second = world.get(second.header("location")).await;
    assert!(
        second.body.contains("autocomplete=\"one-time-code\""),
        "{}",
        second.body
    );
    let consent = fill_in(&world, &second, "platform-admin").await;
    let consent = world.get(consent.header("location")).await;
    assert!(
        consent.body.contains("<li>The groups you are in</li>"),
        "{}",
        consent.body
    );
    let answer = fill_in(&world, &consent, "platform-admin").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.located("iss").as_deref(), Some(OPERATOR_ISSUER));

    let tokens = OPERATOR
        .redeem(&world, &answer.located("code").unwrap())
        .await
        .json();
    assert_eq!(tokens["expires_in"], 300);
    assert_eq!(part(&tokens["id_token"], 0)["alg"], "ES256");
    assert_eq!(part(&tokens["access_token"], 0)["typ"], "at+jwt");
    let identity = claims(&tokens["id_token"]);
    assert_eq!(identity["iss"], OPERATOR_ISSUER);
    assert_eq!(identity["aud"], "dezky-operator");
    assert_eq!(identity["amr"], json!(["pwd", "otp", "mfa"]));
    assert_eq!(identity["acr"], "urn:rehearse:acr:two-factors");
    assert_eq!(identity["groups"], json!(["dezky", "dezky-platform-admins"]));
    assert!(identity["sid"].as_str().unwrap().len() >= 16);
    assert_ne!(
        identity["sid"].as_str(),
        world.cookie(AUTH, "dezky_session").as_deref(),
        "the session's name among clients is not its secret"
    );
    let half = challenge(tokens["access_token"].as_str().unwrap());
    assert_eq!(identity["at_hash"].as_str().unwrap()[..21], half[..21]);
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["aud"], json!(["dezky-operator", "platform-api"]));
    assert_eq!(access["groups"], json!(["dezky", "dezky-platform-admins"]));
    assert!(world.violations().is_empty(), "{:?}", world.violations());
    assert!(world.unrouted().is_empty());
}

#[tokio::test]
async fn who_is_in_no_group_never_reaches_the_consent_page() {
    let world = world();
    let answer = OPERATOR.sign_in(&world, "tenant-user", &[]).await;
    assert_eq!(answer.located("error").as_deref(), Some("access_denied"));
    assert_eq!(answer.located("code"), None);
    assert_eq!(answer.located("state").as_deref(), Some("state-0123456789abcdef"));
    assert!(world.told("consent-given").is_empty());
    let refused = &world.told("authorization-refused")[0];
    assert_eq!(
        refused["description"],
        "the user is in no group that may use this application"
    );
    let portal = PORTAL.sign_in(&world, "tenant-user", &[]).await;
    assert!(portal.located("code").is_some(), "the portal is open to all");
}

#[tokio::test]
async fn consent_is_remembered_and_can_be_asked_for_again_and_refused() {
    let world = world();
    OPERATOR.code(&world, "platform-admin").await;
    let again = world.get(&OPERATOR.authorize_url(&[])).await;
    assert!(again.located("code").is_some());
    let asked = world.get(&OPERATOR.authorize_url(&[("prompt", "consent")])).await;
    let page = world.get(asked.header("location")).await;
    let answer = submit(&world, &page, &[("answer", "deny")]).await;
    assert_eq!(answer.located("error").as_deref(), Some("access_denied"));
    let replayed = submit(&world, &page, &[("answer", "allow")]).await;
    assert_eq!(replayed.status, StatusCode::FORBIDDEN, "a page counts once");
}

/// The consent page of a request whose password runs out while the page is open.
async fn consent_that_takes_too_long(world: &World) -> crate::support::Answer {
    PORTAL.code(world, "tenant-user").await;
    let wish = [("prompt", "consent"), ("max_age", "60")];
    let asked = world.get(&PORTAL.authorize_url(&wish)).await;
    let page = world.get(asked.header("location")).await;
    world.recorder.clock().advance_ms(61_000);
    page
}

#[tokio::test]
async fn the_consent_of_one_person_does_not_count_for_another_who_signs_in_after_it() {
    let world = world();
    let page = consent_that_takes_too_long(&world).await;
    let answer = submit(&world, &page, &[("answer", "allow")]).await;
    let password = world.get(answer.header("location")).await;
    let mut answer = fill_in(&world, &password, "platform-admin").await;
    if answer.header("location").is_empty() {
        answer = world.get(&continued(&answer)).await;
    }
    assert_eq!(answer.located("code"), None, "{:?}", answer.headers);
    let asked = world.get(answer.header("location")).await;
    assert!(asked.body.contains("asks for your consent"), "{}", asked.body);
    let answer = fill_in(&world, &asked, "platform-admin").await;
    assert!(answer.located("code").is_some());
    let given = world.told("consent-given");
    assert_eq!(given[given.len() - 1]["persona"], "platform-admin");
}

#[tokio::test]
async fn who_does_not_consent_need_not_sign_in_again_to_say_so() {
    let world = world();
    let page = consent_that_takes_too_long(&world).await;
    let answer = submit(&world, &page, &[("answer", "deny")]).await;
    assert_eq!(answer.located("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn nobody_decides_what_another_began() {
    let world = world();
    PORTAL.code(&world, "platform-admin").await;
    let asked = world.get(&PORTAL.authorize_url(&[("prompt", "consent")])).await;
    let page = world.get(asked.header("location")).await;
    // In another tab somebody else signs in. The cookie that ties the page to the browser is its own.
    let request = crate::support::hidden(&page.body, "request");
    let name = format!("_mekari_login_{}", &request[..8]);
    let tie = world.cookie(AUTH, &name).unwrap();
    PORTAL
        .sign_in(&world, "tenant-user", &[("prompt", "login")])
        .await;
    let session = world.cookie(AUTH, "dezky_session").unwrap();
    let token = crate::support::hidden(&page.body, "form_token");
    let fields = [
        ("request", request),
        ("form_token", token),
        ("answer", "allow".to_owned()),
    ];
    let cookies = format!("{name}={tie}; dezky_session={session}");
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("cookie", cookies.as_str()),
    ];
    let body = serde_urlencoded::to_string(fields).unwrap().into_bytes();
    let answer = world
        .send(http::Method::POST, &format!("{AUTH}/login"), &headers, body)
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(world.told("sign-in-refused"), [json!({"reason": "other-person"})]);
}

/// The page that asks for the one-time code.
async fn second_step(world: &World) -> crate::support::Answer {
    let start = world.get(&OPERATOR.authorize_url(&[("prompt", "login")])).await;
    let page = world.get(start.header("location")).await;
    let answer = fill_in(world, &page, "platform-admin").await;
    world.get(answer.header("location")).await
}

#[tokio::test]
async fn a_wrong_code_is_refused_and_guessing_ends() {
    let world = world();
    let page = second_step(&world).await;
    for _ in 0..4 {
        let again = submit(&world, &page, &[("code", "no code")]).await;
        assert_eq!(again.status, StatusCode::OK);
        assert!(again.body.contains("The code is wrong."), "{}", again.body);
    }
    let over = submit(&world, &page, &[("code", "no code")]).await;
    assert_eq!(over.status, StatusCode::FORBIDDEN);
    let right = fill_in(&world, &page, "platform-admin").await;
    assert_eq!(right.status, StatusCode::FORBIDDEN, "the page is used up");
    // Another page does not help, and the right code does not either, until they have waited.
    let page = second_step(&world).await;
    let early = fill_in(&world, &page, "platform-admin").await;
    assert!(early.body.contains("Wait half a minute."), "{}", early.body);
    world.recorder.clock().advance_ms(30_000);
    let right = fill_in(&world, &page, "platform-admin").await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
}

#[tokio::test]
async fn guesses_count_across_pages_until_a_code_is_right() {
    let world = world();
    for _ in 0..2 {
        let page = second_step(&world).await;
        for _ in 0..2 {
            let again = submit(&world, &page, &[("code", "no code")]).await;
            assert_eq!(again.status, StatusCode::OK);
        }
    }
    let page = second_step(&world).await;
    let right = fill_in(&world, &page, "platform-admin").await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
    for expected in [
        [StatusCode::OK; 2],
        [StatusCode::OK; 2],
        [StatusCode::FORBIDDEN; 2],
    ] {
        let page = second_step(&world).await;
        for status in expected {
            let answer = submit(&world, &page, &[("code", "no code")]).await;
            assert_eq!(answer.status, status);
        }
    }
}

#[tokio::test]
async fn a_code_counts_once() {
    let world = world();
    let page = second_step(&world).await;
    let first = fill_in(&world, &page, "platform-admin").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let page = second_step(&world).await;
    let second = fill_in(&world, &page, "platform-admin").await;
    assert!(second.body.contains("Wait for the next one."), "{}", second.body);
    world.recorder.clock().advance_ms(30_000);
    let third = fill_in(&world, &page, "platform-admin").await;
    assert_eq!(third.status, StatusCode::SEE_OTHER, "{}", third.body);
}

#[tokio::test]
async fn the_secrets_of_the_apps_are_watched_for_and_belong_to_one_world() {
    let (one, other) = (world(), world());
    assert_eq!(one.ensemble.one_time_code("tenant-user"), None);
    assert_eq!(one.ensemble.one_time_code("nobody"), None);
    let code = one.ensemble.one_time_code("platform-admin").unwrap();
    assert_eq!(code.len(), 6);
    assert_eq!(other.ensemble.one_time_code("platform-admin").unwrap().len(), 6);
    let canaries = one.recorder.canaries();
    assert!(canaries.iter().any(|canary| canary.kind == "totp_secret"));
    let secret = one.ensemble.client_secret("dezky-operator").unwrap();
    assert!(
        canaries
            .iter()
            .any(|canary| canary.kind == "client_secret" && canary.value == secret)
    );
    assert_eq!(one.ensemble.client_secret("dezky-portal-spa"), None);
}

#[tokio::test]
async fn a_wish_for_a_second_factor_asks_unless_nothing_may_be_asked() {
    let world = world();
    PORTAL.code(&world, "platform-admin").await;
    let wish = ("acr_values", "urn:rehearse:acr:two-factors");
    let silent = world
        .get(&PORTAL.authorize_url(&[wish, ("prompt", "none")]))
        .await;
    let tokens = PORTAL
        .redeem(&world, &silent.located("code").unwrap())
        .await
        .json();
    assert_eq!(claims(&tokens["id_token"])["acr"], "urn:rehearse:acr:one-factor");
    let asked = PORTAL.sign_in(&world, "platform-admin", &[wish]).await;
    let tokens = PORTAL
        .redeem(&world, &asked.located("code").unwrap())
        .await
        .json();
    assert_eq!(claims(&tokens["id_token"])["acr"], wish.1);
}

/// Classes are named in order of preference; those that nobody here knows are passed over.
#[rstest]
#[case("urn:mace:incommon:iap:silver urn:rehearse:acr:two-factors", true)]
#[case("  urn:rehearse:acr:two-factors urn:rehearse:acr:one-factor", true)]
#[case("urn:rehearse:acr:one-factor urn:rehearse:acr:two-factors", false)]
#[case("urn:mace:incommon:iap:silver", false)]
#[tokio::test]
async fn the_first_known_class_is_the_one_that_is_wished_for(#[case] classes: &str, #[case] asked: bool) {
    let world = world();
    PORTAL.code(&world, "platform-admin").await;
    let answer = world.get(&PORTAL.authorize_url(&[("acr_values", classes)])).await;
    assert_eq!(answer.located("code").is_none(), asked, "{}", answer.location());
}

#[tokio::test]
async fn a_session_at_one_origin_counts_at_its_issuers_only() {
    let world = world();
    PORTAL.code(&world, "platform-admin").await;
    let operator = world.get(&OPERATOR.authorize_url(&[("prompt", "none")])).await;
    assert_eq!(
        operator.located("error").as_deref(),
        Some("interaction_required"),
        "the session counts, and the second factor is missing"
    );
    let mekari = world.get(&world.authorize_url(&[("prompt", "none")])).await;
    assert_eq!(mekari.located("error").as_deref(), Some("login_required"));
}
