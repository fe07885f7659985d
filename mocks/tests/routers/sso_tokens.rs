//! Tokens after the first: refreshed, taken back, asked about.

use crate::sso_party::{OPERATOR, PORTAL, SPA, claims, world};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_and_a_new_refresh_token() {
    let world = world();
    let first = SPA.tokens(&world, "tenant-user").await;
    world.recorder.clock().advance_ms(60_000);
    let answer = SPA.refresh(&world, text(&first, "refresh_token")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let second = answer.json();
    for name in ["access_token", "refresh_token", "id_token"] {
        assert_ne!(first[name], second[name]);
    }
    let (before, after) = (claims(&first["id_token"]), claims(&second["id_token"]));
    for name in ["iss", "sub", "aud", "auth_time", "sid"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_eq!(after["nonce"], Value::Null);
    assert!(after["iat"].as_i64() > before["iat"].as_i64());
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_grant() {
    let world = world();
    let first = SPA.tokens(&world, "tenant-user").await;
    let second = SPA.refresh(&world, text(&first, "refresh_token")).await.json();
    let stolen = SPA.refresh(&world, text(&first, "refresh_token")).await;
    assert_eq!(stolen.json()["error"], "invalid_grant");
    assert_eq!(world.told("refresh-token-reused").len(), 1);
    let ended = SPA.refresh(&world, text(&second, "refresh_token")).await;
    assert_eq!(ended.json()["error_description"], "the grant was taken back");
    for tokens in [&first, &second] {
        let info = world
            .get_as(&SPA.endpoint("/userinfo"), text(tokens, "access_token"))
            .await;
        assert_eq!(info.json()["error_description"], "the token was taken back");
    }
}

#[tokio::test]
async fn a_code_used_twice_takes_the_refresh_token_along() {
    let world = world();
    let code = SPA.code(&world, "tenant-user").await;
    let tokens = SPA.redeem(&world, &code).await.json();
    assert_eq!(SPA.redeem(&world, &code).await.json()["error"], "invalid_grant");
    let refresh = SPA.refresh(&world, text(&tokens, "refresh_token")).await;
    assert_eq!(refresh.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_is_bound_and_mortal() {
    let world = world();
    let tokens = SPA.tokens(&world, "tenant-user").await;
    let token = text(&tokens, "refresh_token");
    let other = PORTAL.refresh(&world, token).await;
    assert_eq!(
        other.json()["error_description"],
        "the refresh token was issued to another client"
    );
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("scope", "openid email"),
    ];
    let wider = SPA.post(&world, "/token", &fields).await;
    assert_eq!(wider.json()["error"], "invalid_scope");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("scope", "openid"),
    ];
    let narrower = SPA.post(&world, "/token", &fields).await.json();
    assert_eq!(narrower["scope"], "openid");
    assert_eq!(claims(&narrower["access_token"])["groups"], Value::Null);
    world.recorder.clock().advance_ms(86_400_000);
    let late = SPA.refresh(&world, text(&narrower, "refresh_token")).await;
    assert_eq!(late.json()["error_description"], "the refresh token has expired");
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let world = world();
    let fishing = [("scope", "openid fishing")];
    let tokens = SPA.tokens_asked_for(&world, "tenant-user", &fishing).await;
    assert_eq!(tokens["scope"], "openid", "what is not understood is left out");
    assert_eq!(tokens["refresh_token"], Value::Null);
}

#[tokio::test]
async fn a_client_takes_its_own_tokens_back() {
    let world = world();
    let tokens = SPA.tokens(&world, "tenant-user").await;
    let access = text(&tokens, "access_token");
    let foreign = PORTAL.post(&world, "/revoke", &[("token", access)]).await;
    assert_eq!(foreign.status, StatusCode::BAD_REQUEST);
    let unknown = SPA.post(&world, "/revoke", &[("token", "guess")]).await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert_eq!(
        SPA.post(&world, "/revoke", &[("token", access)]).await.status,
        StatusCode::OK
    );
    let info = world.get_as(&SPA.endpoint("/userinfo"), access).await;
    assert_eq!(info.status, StatusCode::UNAUTHORIZED);
    let refresh = text(&tokens, "refresh_token");
    let renewed = SPA.refresh(&world, refresh).await.json();
    let refresh = text(&renewed, "refresh_token");
    SPA.post(
        &world,
        "/revoke",
        &[("token", refresh), ("token_type_hint", "refresh_token")],
    )
    .await;
    assert_eq!(
        SPA.refresh(&world, refresh).await.json()["error"],
        "invalid_grant"
    );
    let info = world
        .get_as(&SPA.endpoint("/userinfo"), text(&renewed, "access_token"))
        .await;
    assert_eq!(info.status, StatusCode::UNAUTHORIZED, "the whole grant went");
}

#[tokio::test]
async fn introspection_tells_services_and_nobody_else() {
    let world = world();
    let tokens = PORTAL.tokens(&world, "tenant-user").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let known = PORTAL
        .post(&world, "/introspect", &[("token", access)])
        .await
        .json();
    assert_eq!(known["active"], true);
    assert_eq!(known["client_id"], PORTAL.id);
    assert_eq!(known["username"], "jonas.friis@tenant.example");
    assert_eq!(known["groups"], json!(["dezky"]));
    let known = PORTAL
        .post(&world, "/introspect", &[("token", refresh)])
        .await
        .json();
    assert_eq!(known["active"], true);
    let public = SPA.post(&world, "/introspect", &[("token", access)]).await;
    assert_eq!(public.status, StatusCode::UNAUTHORIZED);
    world.recorder.clock().advance_ms(301_000);
    let late = PORTAL.post(&world, "/introspect", &[("token", access)]).await;
    assert_eq!(late.json(), json!({"active": false}), "and not a word more");
}

#[tokio::test]
async fn userinfo_answers_by_post_too_and_at_the_tokens_own_issuer() {
    let world = world();
    let tokens = PORTAL.tokens(&world, "tenant-user").await;
    let access = text(&tokens, "access_token");
    let url = PORTAL.endpoint("/userinfo");
    let by_form = world.post_form(&url, &[("access_token", access)]).await.json();
    assert_eq!(by_form["groups"], json!(["dezky"]));
    let authorization = format!("Bearer {access}");
    let headers = [("authorization", authorization.as_str())];
    let by_header = world.send(Method::POST, &url, &headers, Vec::new()).await.json();
    assert_eq!(by_form, by_header);
    let form = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = format!("access_token={access}").into_bytes();
    let both = world.send(Method::POST, &url, &form, body).await;
    assert_eq!(both.status, StatusCode::BAD_REQUEST);
    assert_eq!(both.json()["error"], "invalid_request");
    let none = world.get(&url).await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        none.header("www-authenticate"),
        "Bearer realm=\"userinfo\"",
        "and no error"
    );
    assert_eq!(none.body, "");
    let elsewhere = world.get_as(&OPERATOR.endpoint("/userinfo"), access).await;
    assert_eq!(
        elsewhere.json()["error_description"],
        "the token is from another issuer"
    );
}

/// RFC 6750, §2 and §3.1: in one way, and once. In an address it counts for nothing (RFC 9700, §4.3.2), and a body
/// means something by POST only (RFC 6750, §2.2).
#[rstest]
#[case::twice_in_the_form(Method::POST, "", "access_token=T&access_token=T", false, 400)]
#[case::in_address_and_header(Method::GET, "?access_token=T", "", true, 400)]
#[case::in_address_and_form(Method::POST, "?access_token=T", "access_token=T", false, 400)]
#[case::empty_ones(Method::POST, "?access_token=", "access_token=&access_token=T", false, 200)]
#[case::in_the_address(Method::GET, "?access_token=T", "", false, 401)]
#[case::in_the_body_of_a_get(Method::GET, "", "access_token=T", false, 401)]
#[case::header_and_the_body_of_a_get(Method::GET, "", "access_token=T", true, 200)]
#[tokio::test]
async fn a_token_comes_in_one_way_and_once(
    #[case] method: Method,
    #[case] query: &str,
    #[case] body: &str,
    #[case] in_header: bool,
    #[case] status: u16,
) {
    let world = world();
    let tokens = PORTAL.tokens(&world, "tenant-user").await;
    let access = text(&tokens, "access_token");
    let authorization = format!("Bearer {access}");
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
    if in_header {
        headers.push(("authorization", &authorization));
    }
    let url = format!("{}{}", PORTAL.endpoint("/userinfo"), query.replace('T', access));
    let body = body.replace('T', access).into_bytes();
    let answer = world.send(method, &url, &headers, body).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    if status == 400 {
        assert_eq!(answer.json()["error"], "invalid_request");
    }
}

#[tokio::test]
async fn spaces_of_a_scope_mean_nothing_and_one_without_words_is_left_out() {
    let world = world();
    let tokens = SPA.tokens(&world, "tenant-user").await;
    let mut token = text(&tokens, "refresh_token").to_owned();
    for (asked, given) in [
        ("  openid   groups ", "openid groups"),
        ("   ", "openid groups offline_access"),
    ] {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &token),
            ("scope", asked),
        ];
        let renewed = SPA.post(&world, "/token", &fields).await.json();
        assert_eq!(renewed["scope"], given);
        assert_eq!(claims(&renewed["access_token"])["scope"], given);
        token = text(&renewed, "refresh_token").to_owned();
    }
}

/// A client that tried to authenticate by its header is not one that only names itself.
#[rstest]
#[case::no_base64("Basic ???", &[], StatusCode::UNAUTHORIZED, "invalid_client")]
#[case::nothing("Basic", &[], StatusCode::UNAUTHORIZED, "invalid_client")]
#[case::no_colon("basic YWJj", &[], StatusCode::UNAUTHORIZED, "invalid_client")]
#[case::no_text("Basic /zr/", &[], StatusCode::UNAUTHORIZED, "invalid_client")]
#[case::two_ways("Basic ???", &[("client_secret", "guess")], StatusCode::BAD_REQUEST, "invalid_request")]
#[case::another_scheme("Bearer guess", &[], StatusCode::BAD_REQUEST, "invalid_grant")]
#[tokio::test]
async fn a_header_that_cannot_be_read_authenticates_nobody(
    #[case] authorization: &str,
    #[case] more: &[(&str, &str)],
    #[case] status: StatusCode,
    #[case] error: &str,
) {
    let world = world();
    let mut fields = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", "guess"),
        ("client_id", SPA.id),
    ];
    fields.extend(more);
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", authorization),
    ];
    let body = serde_urlencoded::to_string(fields).unwrap().into_bytes();
    let answer = world
        .send(Method::POST, &SPA.endpoint("/token"), &headers, body)
        .await;
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.json()["error"], error);
    let told = answer.header("www-authenticate").starts_with("Basic ");
    assert_eq!(told, status == StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_direction_for_access_tokens_leaves_identity_tokens_alone() {
    let world = world();
    for directed in [5, 36_000] {
        world.direct("sso", json!({"access-token-lifetime": directed}));
        let tokens = SPA.tokens(&world, "tenant-user").await;
        let lifetime = |name: &str| {
            let said = claims(&tokens[name]);
            said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap()
        };
        assert_eq!(lifetime("access_token"), directed);
        assert_eq!(lifetime("id_token"), 300);
    }
}
