//! Signing out: by the client's wish, and what the other clients hear of it.

use crate::sso_party::{
    AUTH, OPERATOR, OPERATOR_ISSUER, PORTAL, Party, claims, continued, fill_in, part, submit, world,
};
use crate::support::{Answer, World};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use url::Url;

const BACK: &str = "https://app.dezky.local/auth/oidc/logout";

async fn end_session(world: &World, party: &Party, fields: &[(&str, &str)]) -> Answer {
    let url = Url::parse_with_params(&party.endpoint("/end_session"), fields).unwrap();
    world.get(url.as_str()).await
}

/// The logout tokens that wait, by client.
fn waiting(world: &World) -> Vec<(String, String, Value)> {
    let calls = world.ensemble.back_channel().take();
    calls
        .into_iter()
        .map(|call| {
            let fields: Vec<(String, String)> = serde_urlencoded::from_str(&call.body).unwrap();
            assert_eq!(fields[0].0, "logout_token");
            (call.client, call.url, json!(fields[0].1))
        })
        .collect()
}

#[tokio::test]
async fn a_client_with_a_hint_signs_the_user_out_and_gets_them_back() {
    let world = world();
    let tokens = OPERATOR.tokens(&world, "platform-admin").await;
    let fields = [
        ("id_token_hint", tokens["id_token"].as_str().unwrap()),
        (
            "post_logout_redirect_uri",
            "https://operator.dezky.local/auth/oidc/logout",
        ),
        ("state", "s&1"),
    ];
    let answer = end_session(&world, &OPERATOR, &fields).await;
    assert_eq!(
        answer.header("location"),
        "https://operator.dezky.local/auth/oidc/logout?state=s%261"
    );
    assert_eq!(world.cookie(AUTH, "dezky_session"), None);
    let silent = world.get(&PORTAL.authorize_url(&[("prompt", "none")])).await;
    assert_eq!(silent.located("error").as_deref(), Some("login_required"));
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

/// As another site's form does where the session cookie is `SameSite=Lax`.
#[tokio::test]
async fn a_form_that_comes_without_the_session_signs_out_all_the_same() {
    let world = world();
    let tokens = OPERATOR.tokens(&world, "platform-admin").await;
    let back = "https://operator.dezky.local/auth/oidc/logout";
    let fields = [
        ("id_token_hint", tokens["id_token"].as_str().unwrap()),
        ("post_logout_redirect_uri", back),
        ("state", "s&1"),
    ];
    let post = async |headers: &[(&str, &str)]| {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        let body = serde_urlencoded::to_string(fields).unwrap().into_bytes();
        world
            .send(Method::POST, &OPERATOR.endpoint("/end_session"), &all, body)
            .await
    };
    let by_get = post(&[("cookie", "another=cookie")]).await;
    assert_eq!(by_get.status, StatusCode::SEE_OTHER);
    assert_eq!(
        by_get.location().path(),
        "/application/o/dezky-operator/end_session"
    );
    assert!(world.told("session-ended").is_empty());
    let answer = world.get(by_get.header("location")).await;
    assert_eq!(answer.header("location"), format!("{back}?state=s%261"));
    assert_eq!(world.told("session-ended").len(), 1);
    // With the cookie it is looked at as it is. A one-time code counts once, so time goes by.
    world.recorder.clock().advance_ms(30_000);
    OPERATOR.tokens(&world, "platform-admin").await;
    let asked = post(&[]).await;
    assert_eq!(
        asked.location().path(),
        "/login",
        "the hint is for a session before"
    );
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn without_a_hint_the_user_is_asked() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let fields = [("client_id", PORTAL.id), ("post_logout_redirect_uri", BACK)];
    let start = end_session(&world, &PORTAL, &fields).await;
    let page = world.get(start.header("location")).await;
    assert!(page.body.contains("Sign out?"), "{}", page.body);
    let stay = submit(&world, &page, &[("answer", "no")]).await;
    assert!(stay.body.contains("You are still signed in."), "{}", stay.body);
    let silent = world.get(&PORTAL.authorize_url(&[("prompt", "none")])).await;
    assert!(silent.located("code").is_some());
    let start = end_session(&world, &PORTAL, &fields).await;
    let page = world.get(start.header("location")).await;
    let leave = submit(&world, &page, &[("answer", "yes")]).await;
    assert!(leave.body.contains("You are signed out."), "{}", leave.body);
    let silent = world.get(&PORTAL.authorize_url(&[("prompt", "none")])).await;
    assert_eq!(silent.located("error").as_deref(), Some("login_required"));
}

/// Tokens of other kinds are by the same keys.
#[rstest]
#[case("access_token", false)]
#[case("id_token", true)]
#[tokio::test]
async fn only_an_identity_token_is_a_hint(#[case] kind: &str, #[case] signed_out: bool) {
    let world = world();
    let tokens = OPERATOR.tokens(&world, "platform-admin").await;
    let hint = [("id_token_hint", tokens[kind].as_str().unwrap())];
    let answer = end_session(&world, &OPERATOR, &hint).await;
    let said = "You are signed out.";
    assert_eq!(answer.body.contains(said), signed_out, "{}", answer.body);
    assert_eq!(world.told("sign-out-refused").is_empty(), signed_out);
}

#[tokio::test]
async fn a_logout_token_is_no_hint() {
    let world = world();
    OPERATOR.code(&world, "platform-admin").await;
    world.direct("sso", json!({"end-sessions": true}));
    let calls = waiting(&world);
    let token = calls[0].2.as_str().unwrap();
    let refused = end_session(&world, &OPERATOR, &[("id_token_hint", token)]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
    let refused = world
        .get(&OPERATOR.authorize_url(&[("id_token_hint", token)]))
        .await;
    assert_eq!(refused.located("error").as_deref(), Some("invalid_request"));
}

#[rstest]
#[case::not_its_own(&[("client_id", "dezky-portal"), ("post_logout_redirect_uri", "https://evil.example/")])]
#[case::longer(&[("client_id", "dezky-portal"), ("post_logout_redirect_uri", "https://app.dezky.local/auth/oidc/logout/")])]
#[case::nobody(&[("post_logout_redirect_uri", BACK)])]
#[case::other_issuers(&[("client_id", "dezky-operator"), ("post_logout_redirect_uri", BACK)])]
#[case::odd_hint(&[("id_token_hint", "e30.e30.e30"), ("post_logout_redirect_uri", BACK)])]
#[tokio::test]
async fn nobody_is_led_to_an_address_that_is_not_the_clients(#[case] fields: &[(&str, &str)]) {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let answer = end_session(&world, &PORTAL, fields).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.header("location"), "");
    assert_eq!(world.told("sign-out-refused").len(), 1);
    let silent = world.get(&PORTAL.authorize_url(&[("prompt", "none")])).await;
    assert!(silent.located("code").is_some(), "still signed in");
}

#[tokio::test]
async fn a_client_in_the_back_is_told_by_a_logout_token() {
    let world = world();
    let tokens = OPERATOR.tokens(&world, "platform-admin").await;
    let identity = claims(&tokens["id_token"]);
    world.direct("sso", json!({"end-sessions": true}));
    let calls = waiting(&world);
    assert_eq!(calls.len(), 1);
    let (client, url, token) = &calls[0];
    assert_eq!(client, "dezky-operator");
    assert_eq!(url, "https://operator.dezky.local/auth/oidc/back-channel-logout");
    assert_eq!(part(token, 0)["typ"], "logout+jwt");
    let said = claims(token);
    assert_eq!(said["iss"], OPERATOR_ISSUER);
    assert_eq!(said["aud"], "dezky-operator");
    for name in ["sub", "sid"] {
        assert_eq!(said[name], identity[name], "{name}");
    }
    assert_eq!(said["nonce"], Value::Null, "it must not have one");
    let event = "http://schemas.openid.net/event/backchannel-logout";
    assert_eq!(said["events"][event], json!({}));
    assert!(waiting(&world).is_empty(), "told once");
}

#[tokio::test]
async fn whoever_runs_the_world_hears_of_calls_and_says_what_came_back() {
    let world = world();
    OPERATOR.code(&world, "platform-admin").await;
    let channel = world.ensemble.back_channel();
    let next = channel.next();
    world.direct("sso", json!({"end-sessions": true}));
    let call = next.await;
    channel.answered(&call, None, Some(200));
    channel.answered(&call, None, None);
    assert_eq!(world.told("back-channel-logout-taken").len(), 1);
    assert_eq!(
        world.told("back-channel-logout-refused"),
        [json!({"client": "dezky-operator", "status": null})]
    );
}

/// A courier that answers at once.
struct Answering(u16);

impl mocks::Courier for Answering {
    fn take(&self, errand: mocks::Errand) {
        assert_eq!(errand.from, AUTH);
        assert_eq!(errand.request.method(), http::Method::POST);
        assert!(errand.request.body().starts_with(b"logout_token="));
        let answer = match self.0 {
            0 => Err("this world has no such origin".to_owned()),
            status => Ok(http::Response::builder()
                .status(status)
                .body(bytes::Bytes::new())
                .unwrap()),
        };
        (errand.done)(mocks::Outcome {
            exchange: None,
            answer,
        });
    }
}

#[rstest]
#[case(204, "back-channel-logout-taken", json!({"client": "dezky-operator", "status": 204}))]
#[case(400, "back-channel-logout-refused", json!({"client": "dezky-operator", "status": 400}))]
#[case(
    0,
    "back-channel-logout-refused",
    json!({"client": "dezky-operator", "status": null, "reason": "this world has no such origin"})
)]
#[tokio::test]
async fn a_courier_takes_logout_tokens_and_the_journal_says_what_came_back(
    #[case] status: u16,
    #[case] fact: &str,
    #[case] data: Value,
) {
    let world = world();
    world.ensemble.employ(std::sync::Arc::new(Answering(status)));
    OPERATOR.code(&world, "platform-admin").await;
    world.direct("sso", json!({"end-sessions": true}));
    assert_eq!(world.told(fact), [data]);
    assert!(waiting(&world).is_empty());
}

#[tokio::test]
async fn a_client_in_front_is_framed_before_going_on() {
    let world = world();
    let tokens = PORTAL.tokens(&world, "tenant-user").await;
    let fields = [
        ("id_token_hint", tokens["id_token"].as_str().unwrap()),
        ("post_logout_redirect_uri", BACK),
    ];
    let page = end_session(&world, &PORTAL, &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    let identity = claims(&tokens["id_token"]);
    let frame = format!(
        "<iframe src=\"https://app.dezky.local/auth/oidc/front-channel-logout?iss=https%3A%2F%2Fauth.dezky.local%2Fapplication%2Fo%2Fdezky-portal%2F&amp;sid={}\"",
        identity["sid"].as_str().unwrap()
    );
    assert!(page.body.contains(&frame), "{}", page.body);
    assert!(page.body.contains(&format!("href=\"{BACK}\"")), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-src https://app.dezky.local;"), "{policy}");
    let script = world.get(&format!("{AUTH}/assets/signed-out.js")).await;
    assert_eq!(script.status, StatusCode::OK);
}

/// Whoever signs out at the provider itself signs out of all its clients as well.
#[tokio::test]
async fn a_client_in_front_is_framed_by_the_providers_own_way_out_too() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let page = world.get(&format!("{AUTH}/sign_out")).await;
    assert_eq!(page.status, StatusCode::OK);
    let frame = "<iframe src=\"https://app.dezky.local/auth/oidc/front-channel-logout?iss=";
    assert!(page.body.contains(frame), "{}", page.body);
    assert!(!page.body.contains("id=\"continue\""), "{}", page.body);
    assert_eq!(world.cookie(AUTH, "dezky_session"), None);
    let again = world.get(&format!("{AUTH}/sign_out")).await;
    assert!(again.body.contains("You are signed out."), "{}", again.body);
}

#[tokio::test]
async fn a_client_in_front_is_framed_also_where_the_way_back_is_unknown() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let url = format!("{AUTH}/sign_out?return_to=https%3A%2F%2Fevil.example%2F");
    let page = world.get(&url).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let said = "You are signed out. The address to go back to is not known here.";
    assert!(page.body.contains(said), "{}", page.body);
    let frame = "<iframe src=\"https://app.dezky.local/auth/oidc/front-channel-logout?iss=";
    assert!(page.body.contains(frame), "{}", page.body);
    assert!(!page.body.contains("evil.example"), "{}", page.body);
    assert_eq!(world.cookie(AUTH, "dezky_session"), None);
}

/// The portal of the person before must not go on as theirs.
#[tokio::test]
async fn a_client_in_front_is_framed_before_another_person_goes_on() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let start = world.get(&PORTAL.authorize_url(&[("prompt", "login")])).await;
    let page = world.get(start.header("location")).await;
    let told = fill_in(&world, &page, "platform-admin").await;
    assert_eq!(told.status, StatusCode::OK);
    let frame = "<iframe src=\"https://app.dezky.local/auth/oidc/front-channel-logout?iss=";
    assert!(told.body.contains(frame), "{}", told.body);
    assert!(told.body.contains("Jonas Friis is signed out."), "{}", told.body);
    let next = continued(&told);
    let back = world.get(&next).await;
    assert!(back.located("code").is_some(), "{}", back.body);
    let again = world.get(&next).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "it counts once");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
    assert!(
        world
            .told("session-ended")
            .contains(&json!({"persona": "tenant-user", "cause": "other-account"}))
    );
}

#[tokio::test]
async fn another_browser_does_not_go_on_for_somebody() {
    let world = world();
    PORTAL.code(&world, "tenant-user").await;
    let start = world.get(&PORTAL.authorize_url(&[("prompt", "login")])).await;
    let page = world.get(start.header("location")).await;
    let told = fill_in(&world, &page, "platform-admin").await;
    let session = world.cookie(AUTH, "dezky_session").unwrap();
    let cookie = format!("dezky_session={session}");
    let headers = [("cookie", cookie.as_str())];
    let next = continued(&told);
    let other = world.send(http::Method::GET, &next, &headers, Vec::new()).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    assert_eq!(
        world.told("sign-in-refused"),
        [json!({"reason": "other-browser"})]
    );
    assert!(world.get(&next).await.located("code").is_some());
}
