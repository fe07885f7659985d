//! The single sign-on: the way in, and every refusal.

use crate::support::{APP, World, hidden};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rstest::rstest;
use serde_json::{Value, json};

const SSO: &str = "https://account.mekari.com";
/// A code verifier of 129 characters.
const LONG_VERIFIER: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0";

#[tokio::test]
async fn a_person_signs_in_and_the_tokens_are_right() {
    let world = World::new(&[]);
    let code = world.code("support-agent").await;
    let answer = world.exchange(&[("code", &code)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);

    // As a relying party would: keys from discovery, by `kid`.
    let discovery = world
        .get(&format!("{SSO}/.well-known/openid-configuration"))
        .await
        .json();
    assert_eq!(discovery["issuer"], SSO);
    let keys: JwkSet =
        serde_json::from_value(world.get(discovery["jwks_uri"].as_str().unwrap()).await.json()).unwrap();
    let claims = |token: &str, audience: &str| {
        let header = jsonwebtoken::decode_header(token).unwrap();
        let key = DecodingKey::from_jwk(keys.find(header.kid.as_deref().unwrap()).unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[SSO]);
        validation.set_audience(&[audience]);
        jsonwebtoken::decode::<Value>(token, &key, &validation)
            .unwrap()
            .claims
    };
    let access = tokens["access_token"].as_str().unwrap();
    let persona = fixtures::persona("support-agent").unwrap();
    let claimed = claims(access, "customer-360");
    assert_eq!(claimed["sub"], persona.sso_id.as_str());
    assert_eq!(claimed["company_sso_id"], "company-sso-77");
    assert_eq!(claimed["email"], persona.email.as_str());
    let identity = claims(tokens["id_token"].as_str().unwrap(), "customer-detail");
    assert_eq!(identity["nonce"], "nonce-0123456789abcdef");
    let half = crate::support::challenge(access);
    // The left half of the digest, 16 bytes, is 22 characters of base64url, the last of them with fewer bits.
    assert_eq!(identity["at_hash"].as_str().unwrap()[..21], half[..21]);
    assert!(identity["auth_time"].as_i64().unwrap() <= identity["iat"].as_i64().unwrap());

    let info = world.get_as(&format!("{SSO}/userinfo"), access).await;
    assert_eq!(info.json()["name"], "Sari Wulandari");
    assert_eq!(info.header("access-control-allow-origin"), APP);
    assert!(world.violations().is_empty(), "{:?}", world.violations());
    assert!(world.unrouted().is_empty());
}

#[tokio::test]
async fn state_and_issuer_come_back_with_the_code() {
    let world = World::new(&[]);
    let start = world
        .get(&world.authorize_url(&[("state", "s p&c=ial/0123456789")]))
        .await;
    let answer = world.sign_in_at(start.location().as_str(), "support-agent").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.located("state").as_deref(), Some("s p&c=ial/0123456789"));
    assert_eq!(answer.located("iss").as_deref(), Some(SSO));
    assert!(
        answer
            .location()
            .as_str()
            .starts_with("https://customers.qontak.com/sso-callback?")
    );
}

#[tokio::test]
async fn the_session_saves_the_second_password() {
    let world = World::new(&[]);
    world.code("support-agent").await;
    let again = world.get(&world.authorize_url(&[])).await;
    assert_eq!(again.status, StatusCode::FOUND);
    assert!(again.located("code").is_some());
    let silent = world.get(&world.authorize_url(&[("prompt", "none")])).await;
    assert!(silent.located("code").is_some());
    let asked = world.get(&world.authorize_url(&[("prompt", "login")])).await;
    assert_eq!(asked.location().path(), "/login");
    let answer = world.sign_in_at(asked.location().as_str(), "support-agent").await;
    assert!(
        answer.located("code").is_some(),
        "a fresh password satisfies prompt=login"
    );
}

#[tokio::test]
async fn the_session_cookie_is_for_this_origin_and_for_frames_too() {
    let world = World::new(&[]);
    let start = world.get(&world.authorize_url(&[])).await;
    let answer = world.sign_in_at(start.location().as_str(), "support-agent").await;
    let cookies: Vec<_> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    let session = cookies
        .iter()
        .find(|cookie| cookie.starts_with("_mekari_account="))
        .unwrap();
    for attribute in ["Secure", "HttpOnly", "SameSite=None", "Path=/"] {
        assert!(session.contains(attribute), "{session}");
    }
    assert!(!session.contains("Domain"), "{session}");
}

#[rstest]
#[case::unknown_client(&[("client_id", "nobody")])]
#[case::no_client(&[("client_id", "")])]
#[case::foreign_redirect(&[("redirect_uri", "https://evil.example/sso-callback")])]
#[case::longer_redirect(&[("redirect_uri", "https://customers.qontak.com/sso-callback/")])]
#[case::redirect_with_query(&[("redirect_uri", "https://customers.qontak.com/sso-callback?x=1")])]
#[case::redirect_of_other_client(&[("redirect_uri", "https://crm.qontak.com/sso-callback")])]
#[case::no_redirect(&[("redirect_uri", "")])]
#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_the_clients(#[case] changes: &[(&str, &str)]) {
    let world = World::new(&[]);
    let answer = world.get(&world.authorize_url(changes)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.header("location"), "");
    assert_eq!(world.told("authorization-refused").len(), 1);
}

#[rstest]
#[case::token_response(&[("response_type", "token"), ("response_mode", "query")], "unsupported_response_type")]
#[case::no_token_response(&[("response_type", "none")], "unsupported_response_type")]
#[case::no_response_type(&[("response_type", "")], "invalid_request")]
#[case::no_openid(&[("scope", "profile")], "invalid_scope")]
#[case::no_state(&[("state", "")], "invalid_request")]
#[case::plain_challenge(&[("code_challenge_method", "plain")], "invalid_request")]
#[case::no_method(&[("code_challenge_method", "")], "invalid_request")]
#[case::no_challenge(&[("code_challenge", "")], "invalid_request")]
#[case::short_challenge(&[("code_challenge", "abc")], "invalid_request")]
#[case::odd_prompt(&[("prompt", "dance")], "invalid_request")]
#[case::not_signed_in(&[("prompt", "none")], "login_required")]
#[tokio::test]
async fn a_bad_request_goes_back_to_the_client(#[case] changes: &[(&str, &str)], #[case] error: &str) {
    let world = World::new(&[]);
    let answer = world.get(&world.authorize_url(changes)).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(
        answer.located("error").as_deref(),
        Some(error),
        "{}",
        answer.location()
    );
    assert_eq!(answer.located("code"), None);
    if !changes.contains(&("state", "")) {
        assert_eq!(answer.located("state").as_deref(), Some("state-0123456789abcdef"));
    }
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused() {
    let world = World::new(&[]);
    let answer = world
        .get(&format!("{}&scope=openid", world.authorize_url(&[])))
        .await;
    assert_eq!(answer.located("error").as_deref(), Some("invalid_request"));
}

#[rstest]
#[case::wrong_verifier(&[("code_verifier", "another-verifier-that-is-long-enough-0123456789")], 400, "invalid_grant")]
#[case::short_verifier(&[("code_verifier", "a-verifier-of-42-characters-is-one-too-few")], 400, "invalid_request")]
#[case::long_verifier(&[("code_verifier", LONG_VERIFIER)], 400, "invalid_request")]
#[case::odd_verifier(&[("code_verifier", "a verifier with spaces is none that anybody made")], 400, "invalid_request")]
#[case::no_verifier(&[("code_verifier", "")], 400, "invalid_request")]
#[case::other_redirect(&[("redirect_uri", "https://crm.qontak.com/sso-callback")], 400, "invalid_grant")]
#[case::unknown_code(&[("code", "guess")], 400, "invalid_grant")]
#[case::other_grant(&[("grant_type", "password")], 400, "unsupported_grant_type")]
#[case::unknown_client(&[("client_id", "nobody")], 401, "invalid_client")]
#[case::confidential_without_secret(&[("client_id", "crm-web")], 401, "invalid_client")]
#[case::public_with_secret(&[("client_secret", "x")], 401, "invalid_client")]
#[tokio::test]
async fn a_bad_exchange_is_refused(
    #[case] changes: &[(&str, &str)],
    #[case] status: u16,
    #[case] error: &str,
) {
    let world = World::new(&[]);
    let code = world.code("support-agent").await;
    let mut all = vec![("code", code.as_str())];
    all.extend(changes);
    let answer = world.exchange(&all).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
    assert_eq!(answer.json()["error"], error);
    assert_eq!(world.told("token-refused").len(), 1);
}

#[tokio::test]
async fn a_public_client_may_name_itself_with_an_empty_secret() {
    let world = World::new(&[]);
    let code = world.code("support-agent").await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", "https://customers.qontak.com/sso-callback"),
        ("code_verifier", crate::support::VERIFIER),
    ];
    let body = serde_urlencoded::to_string(fields).unwrap();
    let exchange = async |id: &str| {
        let authorization = format!("Basic {}", STANDARD.encode(format!("{id}:")));
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", authorization.as_str()),
        ];
        let body = body.clone().into_bytes();
        world
            .send(Method::POST, &format!("{SSO}/token"), &headers, body)
            .await
    };
    let confidential = exchange("crm-web").await;
    assert_eq!(confidential.status, StatusCode::UNAUTHORIZED);
    let public = exchange("customer-detail").await;
    assert_eq!(public.status, StatusCode::OK, "{}", public.body);
}

#[tokio::test]
async fn a_code_counts_for_a_minute() {
    let world = World::new(&[]);
    let code = world.code("support-agent").await;
    world.recorder.clock().advance_ms(61_000);
    let answer = world.exchange(&[("code", &code)]).await;
    assert_eq!(answer.json()["error_description"], "the code has expired");
}

#[tokio::test]
async fn a_code_used_twice_takes_back_what_the_first_use_gave() {
    let world = World::new(&[]);
    let code = world.code("support-agent").await;
    let tokens = world.exchange(&[("code", &code)]).await.json();
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(
        world.get_as("https://c360.qontak.com/v1/me", token).await.status,
        StatusCode::OK
    );
    let second = world.exchange(&[("code", &code)]).await;
    assert_eq!(second.json()["error"], "invalid_grant");
    assert_eq!(world.told("code-reused").len(), 1);
    assert_eq!(
        world.get_as("https://c360.qontak.com/v1/me", token).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_token_counts_for_an_hour_of_the_worlds_clock() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    world.recorder.clock().advance_ms(59 * 60 * 1000);
    assert_eq!(
        world.get_as("https://c360.qontak.com/v1/me", &token).await.status,
        StatusCode::OK
    );
    world.recorder.clock().advance_ms(61 * 1000);
    assert_eq!(
        world.get_as("https://c360.qontak.com/v1/me", &token).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_with_the_address_kept_and_escaped() {
    let world = World::new(&[]);
    let start = world.get(&world.authorize_url(&[])).await;
    let page = world.get(start.location().as_str()).await;
    let answer = world
        .post_form(
            &format!("{SSO}/login"),
            &[
                ("request", &hidden(&page.body, "request")),
                ("form_token", &hidden(&page.body, "form_token")),
                ("email", "\"><script>alert(1)</script>"),
                ("password", "guess"),
            ],
        )
        .await;
    assert!(
        answer
            .body
            .contains("The e-mail address or the password is wrong."),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("<script>"));
    assert_eq!(world.cookie(SSO, "_mekari_account"), None);
    assert_eq!(
        world.told("sign-in-refused"),
        [json!({"reason": "wrong-password"})]
    );
    assert!(
        answer
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
}

/// A browser holds every redirect after a form to `form-action`, those of the client included.
#[tokio::test]
async fn a_page_may_lead_away_only_where_it_is_for_somebody() {
    let world = World::new(&[]);
    let start = world.get(&world.authorize_url(&[])).await;
    let own = world.get(&format!("{SSO}/login")).await;
    for (start, held) in [(start, false), (own, true)] {
        let page = world.get(start.header("location")).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(policy.ends_with("; frame-ancestors 'none'"), "{policy}");
        assert_eq!(policy.contains("; form-action 'self';"), held, "{policy}");
        assert_eq!(policy.contains("form-action"), held, "{policy}");
    }
}

#[tokio::test]
async fn a_form_that_was_not_shown_to_this_browser_is_refused() {
    let world = World::new(&[]);
    let persona = fixtures::persona("support-agent").unwrap();
    let start = world.get(&world.authorize_url(&[])).await;
    let page = world.get(start.location().as_str()).await;
    let (request, token) = (hidden(&page.body, "request"), hidden(&page.body, "form_token"));
    let fields = |request: &str, token: &str| {
        vec![
            ("request".to_owned(), request.to_owned()),
            ("form_token".to_owned(), token.to_owned()),
            ("email".to_owned(), persona.email.clone()),
            ("password".to_owned(), persona.password.clone()),
        ]
    };
    for (cookie, request, token, reason) in [
        (true, "made-up", token.as_str(), "unknown-page"),
        (true, request.as_str(), "made-up", "wrong-form-token"),
        (false, request.as_str(), token.as_str(), "other-browser"),
    ] {
        let before = world.told("sign-in-refused").len();
        let body = serde_urlencoded::to_string(fields(request, token)).unwrap();
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        if !cookie {
            headers.push(("cookie", "x=y"));
        }
        let answer = world
            .send(Method::POST, &format!("{SSO}/login"), &headers, body.into_bytes())
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(world.told("sign-in-refused")[before], json!({"reason": reason}));
    }
}

#[tokio::test]
async fn two_pages_in_one_browser_do_not_disturb_each_other() {
    let world = World::new(&[]);
    let persona = fixtures::persona("support-agent").unwrap();
    let mut pages = Vec::new();
    for _ in 0..2 {
        let start = world.get(&world.authorize_url(&[])).await;
        pages.push(world.get(start.header("location")).await.body);
    }
    for page in &pages {
        let fields = [
            ("request", &*hidden(page, "request")),
            ("form_token", &*hidden(page, "form_token")),
            ("email", &persona.email),
            ("password", &persona.password),
        ];
        let answer = world.post_form(&format!("{SSO}/login"), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert!(answer.located("code").is_some());
        let name = format!("_mekari_login_{}", &fields[0].1[..8]);
        assert_eq!(world.cookie(SSO, &name), None, "it goes with its page");
    }
}

/// What a person sends twice by a double click is one sign-in.
#[test]
fn of_two_forms_that_come_at_the_same_time_one_counts() {
    let world = World::new(&[]);
    let persona = fixtures::persona("support-agent").unwrap();
    for _ in 0..16 {
        let page = in_this_thread(async {
            let start = world.get(&world.authorize_url(&[("prompt", "login")])).await;
            world.get(start.header("location")).await.body
        });
        let fields = [
            ("request", &*hidden(&page, "request")),
            ("form_token", &*hidden(&page, "form_token")),
            ("email", &persona.email),
            ("password", &persona.password),
        ];
        let send = || in_this_thread(world.post_form(&format!("{SSO}/login"), &fields)).status;
        let mut both = std::thread::scope(|scope| {
            let other = scope.spawn(send);
            [send(), other.join().unwrap()]
        });
        both.sort();
        assert_eq!(both, [StatusCode::SEE_OTHER, StatusCode::FORBIDDEN]);
    }
}

fn in_this_thread<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(work)
}

#[tokio::test]
async fn the_cookie_of_a_page_lasts_as_long_as_the_page() {
    let world = World::new(&[]);
    let start = world.get(&world.authorize_url(&[])).await;
    let page = world.get(start.header("location")).await;
    let cookie = page.header("set-cookie");
    for attribute in [
        "Path=/login",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=1800",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[rstest]
#[case::home("https://customers.qontak.com/", true)]
#[case::spelled_otherwise("https://CUSTOMERS.qontak.com:443", true)]
#[case::crm("https://crm.qontak.com/", true)]
#[case::other_site("https://evil.example/", false)]
#[case::look_alike("https://customers.qontak.com.evil.example/", false)]
#[case::user_info("https://customers.qontak.com@evil.example/", false)]
#[case::other_path("https://customers.qontak.com/elsewhere", false)]
#[case::script("javascript:alert(1)", false)]
#[case::no_scheme("//evil.example/", false)]
#[tokio::test]
async fn signing_out_leads_back_only_to_a_registered_address(#[case] to: &str, #[case] allowed: bool) {
    let world = World::new(&[]);
    world.code("support-agent").await;
    let url = url::Url::parse_with_params(&format!("{SSO}/sign_out"), [("return_to", to)]).unwrap();
    let answer = world.get(url.as_str()).await;
    if allowed {
        assert_eq!(answer.status, StatusCode::FOUND);
        assert!(
            ["https://customers.qontak.com/", "https://crm.qontak.com/"].contains(&answer.header("location"))
        );
    } else {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.header("location"), "");
    }
    assert_eq!(
        world.cookie(SSO, "_mekari_account"),
        None,
        "signed out either way"
    );
    let again = world.get(&world.authorize_url(&[("prompt", "none")])).await;
    assert_eq!(again.located("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn only_pages_of_public_clients_may_call_the_token_endpoint() {
    let world = World::new(&[]);
    for (origin, allowed) in [
        (APP, APP),
        ("https://evil.example", ""),
        ("https://crm.qontak.com", ""),
        ("null", ""),
    ] {
        let answer = world
            .send(
                Method::OPTIONS,
                &format!("{SSO}/token"),
                &[("origin", origin), ("access-control-request-method", "POST")],
                Vec::new(),
            )
            .await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    let authorize = world
        .send(
            Method::GET,
            &world.authorize_url(&[]),
            &[("origin", APP)],
            Vec::new(),
        )
        .await;
    assert_eq!(
        authorize.header("access-control-allow-origin"),
        "",
        "nobody reads the authorization endpoint"
    );
}

#[tokio::test]
async fn directions_end_sessions_take_tokens_back_and_change_lifetimes() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    world.direct(
        "sso",
        json!({"revoke-tokens": true, "end-sessions": true, "access-token-lifetime": 5}),
    );
    assert_eq!(
        world.get_as("https://c360.qontak.com/v1/me", &token).await.status,
        StatusCode::UNAUTHORIZED
    );
    let silent = world.get(&world.authorize_url(&[("prompt", "none")])).await;
    assert_eq!(silent.located("error").as_deref(), Some("login_required"));
    let token = world.token("support-agent").await;
    assert_eq!(
        world.get_as("https://c360.qontak.com/v1/me", &token).await.status,
        StatusCode::OK
    );
    world.recorder.clock().advance_ms(6000);
    assert_eq!(
        world.get_as("https://c360.qontak.com/v1/me", &token).await.status,
        StatusCode::UNAUTHORIZED
    );
    world.direct("sso", json!({"sign-in": "refused", "end-sessions": true}));
    let start = world.get(&world.authorize_url(&[])).await;
    let answer = world.sign_in_at(start.location().as_str(), "support-agent").await;
    assert_eq!(answer.status, StatusCode::OK, "the form again");
}

#[tokio::test]
async fn every_secret_is_watched_for_before_it_is_sent() {
    let world = World::new(&[]);
    let code = world.code("support-agent").await;
    let tokens = world.exchange(&[("code", &code)]).await.json();
    let cookie = world.cookie(SSO, "_mekari_account").unwrap();
    let watched = world.recorder.canaries();
    let knows = |kind: &str, value: &str| {
        watched
            .iter()
            .any(|canary| canary.kind == kind && canary.value == value)
    };
    assert!(knows("authorization_code", &code));
    assert!(knows("sso_session", &cookie));
    assert!(knows("access_token", tokens["access_token"].as_str().unwrap()));
    assert!(knows("id_token", tokens["id_token"].as_str().unwrap()));
    for (kind, value) in [
        ("password", "Rimba-Hijau-5!"),
        ("sso_id", "5f0c2f7e-sso-sari-8d1a"),
        ("contact_name", "Ayu Kartika Lestari"),
        ("contact_phone", "+62811555123"),
        ("contact_phone", "62811555123"),
        ("contact_email", "ayu.lestari@pelanggan.example"),
        ("agent_email", "sari.wulandari@mekari.example"),
    ] {
        assert!(knows(kind, value), "{kind} {value}");
    }
    let journal = serde_json::to_string(&world.facts()).unwrap();
    for secret in [&code, &cookie] {
        assert!(!journal.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn what_is_not_there_is_unrouted() {
    let world = World::new(&[]);
    assert_eq!(
        world.get(&format!("{SSO}/admin")).await.status,
        StatusCode::NOT_FOUND
    );
    let answer = world
        .send(Method::DELETE, &format!("{SSO}/token"), &[], Vec::new())
        .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), "POST");
    assert_eq!(world.unrouted(), ["GET /admin", "DELETE /token"]);
    let answer = world
        .send(Method::PUT, &format!("{SSO}/userinfo"), &[], Vec::new())
        .await;
    assert_eq!(answer.header("allow"), "GET, HEAD, POST");
    assert_eq!(
        world.get(&format!("{SSO}/assets/account.css")).await.status,
        StatusCode::OK
    );
    assert_eq!(
        world.get(&format!("{SSO}/assets/../login.html")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.get(&format!("{SSO}/assets/login.html")).await.status,
        StatusCode::NOT_FOUND
    );
}
