//! What applications in other languages say of a provider's spoilt tokens and of answers that are not meant for them.

use rstest::rstest;
use serde_json::json;
use url::Url;

use crate::stage::Stage;
use crate::stranger::Package::{Authlib, OpenidClient};
use crate::stranger::{OPERATOR, PORTAL, Package, Stranger};

#[rstest]
#[case::openid_client_wrong_issuer(
    OpenidClient,
    "wrong-issuer",
    "unexpected JWT \"iss\" (issuer) claim value"
)]
#[case::openid_client_wrong_audience(
    OpenidClient,
    "wrong-audience",
    "unexpected JWT \"aud\" (audience) claim value"
)]
#[case::openid_client_expired(
    OpenidClient,
    "expired",
    "unexpected JWT \"exp\" (expiration time) claim value, expiration is past current timestamp"
)]
#[case::openid_client_not_yet_valid(
    OpenidClient,
    "not-yet-valid",
    "unexpected JWT \"nbf\" (not before) claim value"
)]
#[case::openid_client_wrong_nonce(OpenidClient, "wrong-nonce", "unexpected ID Token \"nonce\" claim value")]
#[case::openid_client_unsigned(OpenidClient, "unsigned", "unexpected JWT \"alg\" header parameter")]
#[case::openid_client_wrong_signature(OpenidClient, "wrong-signature", "JWT signature verification failed")]
#[case::openid_client_unknown_key(OpenidClient, "unknown-key", "no applicable keys found")]
#[case::authlib_wrong_issuer(Authlib, "wrong-issuer", "invalid_claim: Invalid claim: 'iss'")]
#[case::authlib_wrong_audience(Authlib, "wrong-audience", "missing_claim: Missing claim: 'azp'")]
#[case::authlib_expired(Authlib, "expired", "expired_token: The token is expired")]
#[case::authlib_not_yet_valid(Authlib, "not-yet-valid", "invalid_claim: The token was issued in the future")]
#[case::authlib_wrong_nonce(Authlib, "wrong-nonce", "invalid_claim: Invalid claim: 'nonce'")]
#[case::authlib_wrong_hash(Authlib, "wrong-hash", "invalid_claim: Invalid claim: 'at_hash'")]
#[case::authlib_unsigned(
    Authlib,
    "unsigned",
    "unsupported_algorithm: Algorithm of 'none' is not allowed"
)]
#[case::authlib_wrong_signature(Authlib, "wrong-signature", "BadSignatureError: bad_signature")]
#[case::authlib_unknown_key(Authlib, "unknown-key", "invalid_key_id: No key for kid:")]
#[tokio::test]
async fn it_refuses_a_spoilt_token_with_the_reason(
    #[case] package: Package,
    #[case] fault: &str,
    #[case] reason: &str,
) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, PORTAL).await;
    stage.direct(&json!({"id-token": fault}));
    let said = application.sign_in("tenant-user").await.unwrap_err();
    assert!(said.contains(reason), "{said}");
    stage.direct(&json!({"id-token": "none"}));
    application.sign_in("tenant-user").await.unwrap();
}

/// In the code flow a client need not look at the hash (OpenID Connect Core, §3.1.3.8), and this one does not.
#[tokio::test]
async fn openid_client_does_not_look_at_the_hash_of_the_access_token() {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, OpenidClient, PORTAL).await;
    stage.direct(&json!({"id-token": "wrong-hash"}));
    application.sign_in("tenant-user").await.unwrap();
}

/// A token that comes straight from the provider over TLS may be taken without its signature (OpenID Connect Core,
/// §3.1.3.7, 6). The package looks at signatures only when told to, by `enableNonRepudiationChecks`, as the other
/// tests do; that `alg` is `none` it notices all the same.
#[rstest]
#[case::wrong_signature("wrong-signature", None)]
#[case::unknown_key("unknown-key", None)]
#[case::unsigned("unsigned", Some("unexpected JWT \"alg\" header parameter"))]
#[tokio::test]
async fn openid_client_looks_at_signatures_only_when_told_to(
    #[case] fault: &str,
    #[case] reason: Option<&str>,
) {
    let stage = Stage::open().await;
    let mut application = Stranger::start(&stage, OpenidClient, PORTAL);
    application.configure(json!({"signatures": false})).await.unwrap();
    stage.direct(&json!({"id-token": fault}));
    match (application.sign_in("tenant-user").await, reason) {
        (Ok(_), None) => {}
        (Err(said), Some(reason)) => assert!(said.contains(reason), "{said}"),
        (outcome, _) => panic!("{outcome:?}"),
    }
}

#[rstest]
#[case::openid_client_clock_an_hour_behind(OpenidClient, -3600, Some("unexpected JWT \"exp\" (expiration time) claim value"))]
#[case::authlib_clock_an_hour_behind(Authlib, -3600, Some("expired_token: The token is expired"))]
// `iat` says when, not from when; a token without `nbf` counts at once (RFC 7519, §4.1.6).
#[case::openid_client_clock_an_hour_ahead(OpenidClient, 3600, None)]
#[case::authlib_clock_an_hour_ahead(Authlib, 3600, Some("invalid_claim: The token was issued in the future"))]
#[case::openid_client_clock_a_minute_ahead(OpenidClient, 60, None)]
#[case::authlib_clock_a_minute_ahead(Authlib, 60, None)]
#[tokio::test]
async fn it_notices_a_clock_that_is_wrong(
    #[case] package: Package,
    #[case] seconds: i32,
    #[case] reason: Option<&str>,
) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, PORTAL).await;
    stage.direct(&json!({"clock-skew": seconds}));
    match (application.sign_in("tenant-user").await, reason) {
        (Ok(_), None) => {}
        (Err(said), Some(reason)) => assert!(said.contains(reason), "{said}"),
        (outcome, _) => panic!("{outcome:?}"),
    }
}

#[rstest]
#[case::openid_client_state(OpenidClient, "state", "unexpected \"state\" response parameter value")]
#[case::openid_client_iss(OpenidClient, "iss", "unexpected \"iss\" (issuer) response parameter value")]
#[case::openid_client_code(OpenidClient, "code", "invalid_grant: the code is not known")]
#[case::authlib_state(
    Authlib,
    "state",
    "mismatching_state: CSRF Warning! State not equal in request and response."
)]
#[case::authlib_code(Authlib, "code", "invalid_grant: the code is not known")]
#[tokio::test]
async fn it_refuses_an_answer_that_is_not_its_own(
    #[case] package: Package,
    #[case] parameter: &str,
    #[case] reason: &str,
) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, PORTAL).await;
    let address = application.begin(&[]).await;
    let reached = with_another(&stage.arrive(&address, "tenant-user").await, parameter);
    let said = application.finish(&reached).await.unwrap_err();
    assert!(said.contains(reason), "{said}");
}

/// The package does not know who must answer (RFC 9207): who calls several providers has to see to it.
#[tokio::test]
async fn authlib_does_not_look_at_the_issuer_beside_the_code() {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, Authlib, PORTAL).await;
    let address = application.begin(&[]).await;
    let reached = with_another(&stage.arrive(&address, "tenant-user").await, "iss");
    application.finish(&reached).await.unwrap();
}

/// An address with another value of one parameter.
fn with_another(address: &Url, parameter: &str) -> Url {
    let spoilt = address.query_pairs().map(|(name, value)| {
        let value = if name == parameter {
            "https://somebody.example/else".into()
        } else {
            value
        };
        (name, value)
    });
    let mut other = address.clone();
    other.query_pairs_mut().clear().extend_pairs(spoilt);
    other
}

#[rstest]
#[tokio::test]
async fn it_is_told_that_a_user_may_not_come(#[values(OpenidClient, Authlib)] package: Package) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, OPERATOR).await;
    let said = application.sign_in("tenant-user").await.unwrap_err();
    assert!(said.contains("access_denied"), "{said}");
}

// The header comes before the body for the one, and after it for the other.
#[rstest]
#[case::openid_client(
    OpenidClient,
    "OAUTH_WWW_AUTHENTICATE_CHALLENGE: server responded with a challenge"
)]
#[case::authlib(Authlib, "invalid_client: the client's secret is wrong")]
#[tokio::test]
async fn it_is_told_that_its_secret_is_wrong(#[case] package: Package, #[case] reason: &str) {
    let stage = Stage::open().await;
    let mut application = Stranger::start(&stage, package, PORTAL);
    application.configure(json!({"secret": "a guess"})).await.unwrap();
    let said = application.sign_in("tenant-user").await.unwrap_err();
    assert!(said.contains(reason), "{said}");
}
