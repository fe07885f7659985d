//! The Rust crate `openidconnect` signs in, refreshes, refuses what is wrong, and signs out.

use http::{Method, StatusCode};
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreTokenResponse, CoreUserInfoClaims};
use openidconnect::{AccessTokenHash, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, TokenResponse as _};
use rstest::rstest;
use serde_json::{Value, json};
use url::Url;

use crate::application::{Application, chain};
use crate::stage::{Stage, text};

#[tokio::test]
async fn it_signs_in_with_both_algorithms_and_refreshes() {
    let stage = Stage::open().await;
    for (application, persona) in [
        (Application::portal(&stage).await, "platform-admin"),
        (Application::operator(&stage).await, "platform-admin"),
    ] {
        let (tokens, nonce) = application.sign_in(persona).await;
        let identity = tokens.id_token().unwrap();
        assert_eq!(application.check(identity, &nonce), Ok(()));
        let verifier = application
            .client
            .id_token_verifier()
            .set_allowed_algs([identity.signing_alg().unwrap().clone()]);
        let claims = identity.claims(&verifier, &nonce).unwrap();
        let hash = AccessTokenHash::from_token(
            tokens.access_token(),
            identity.signing_alg().unwrap(),
            identity.signing_key(&verifier).unwrap(),
        );
        assert_eq!(claims.access_token_hash(), Some(&hash.unwrap()));
        assert_eq!(claims.email().unwrap().as_str(), "mette.lindqvist@dezky.example");

        let info: CoreUserInfoClaims = application
            .client
            .user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
            .unwrap()
            .request_async(&|request| stage.send(request))
            .await
            .unwrap();
        assert_eq!(info.subject(), claims.subject());

        let refresh = tokens.refresh_token().unwrap();
        let client = &application.client;
        let renewed = client
            .exchange_refresh_token(refresh)
            .unwrap()
            .request_async(&|request| stage.send(request))
            .await
            .unwrap();
        let verifier = client.id_token_verifier().set_allowed_algs([
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        ]);
        // A refreshed token has no nonce (OpenID Connect Core, §12.2).
        let anew = renewed.id_token().unwrap();
        let anew = anew.claims(&verifier, |_: Option<&Nonce>| Ok(())).unwrap();
        assert_eq!(anew.subject(), claims.subject());
        assert_eq!(anew.auth_time(), claims.auth_time());
        let reused = client
            .exchange_refresh_token(refresh)
            .unwrap()
            .request_async(&|request| stage.send(request))
            .await
            .unwrap_err();
        let said = chain(&reused);
        assert!(said.contains("the refresh token was used before"), "{said}");
    }
    assert_eq!(stage.violations(), Vec::<String>::new());
}

#[rstest]
#[case("wrong-issuer", "Invalid issuer: expected")]
#[case("wrong-audience", "Invalid audiences:")]
#[case("expired", "Expired: ID token expired at")]
#[case("wrong-nonce", "Invalid nonce: nonce mismatch")]
#[case("unsigned", "Signature verification failed: No signature found")]
#[case("wrong-signature", "Signature verification failed: Crypto error")]
#[case("unknown-key", "Signature verification failed: No matching key found")]
#[tokio::test]
async fn it_refuses_a_spoilt_token_with_the_reason(#[case] fault: &str, #[case] reason: &str) {
    let stage = Stage::open().await;
    let application = Application::portal(&stage).await;
    stage.direct(&json!({"id-token": fault}));
    let (tokens, nonce) = application.sign_in("tenant-user").await;
    let said = application.check(tokens.id_token().unwrap(), &nonce).unwrap_err();
    assert!(said.contains(reason), "{said}");
}

#[tokio::test]
async fn it_notices_a_hash_of_another_token_and_a_clock_that_is_behind() {
    let stage = Stage::open().await;
    let application = Application::portal(&stage).await;
    stage.direct(&json!({"id-token": "wrong-hash"}));
    let (tokens, nonce) = application.sign_in("tenant-user").await;
    let verifier = application.client.id_token_verifier();
    let identity = tokens.id_token().unwrap();
    let claims = identity.claims(&verifier, &nonce).unwrap();
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        identity.signing_alg().unwrap(),
        identity.signing_key(&verifier).unwrap(),
    );
    assert_ne!(claims.access_token_hash(), Some(&hash.unwrap()));
    stage.direct(&json!({"id-token": "none", "clock-skew": -3600}));
    let (tokens, nonce) = application.sign_in("tenant-user").await;
    let said = application.check(tokens.id_token().unwrap(), &nonce).unwrap_err();
    assert!(said.contains("Expired: ID token expired at"), "{said}");
}

/// The crate reads no `nbf`, and looks at `iat` only where an application gives it a verifier for that.
#[tokio::test]
async fn it_takes_a_token_before_its_time_unless_told_to_look() {
    let stage = Stage::open().await;
    let application = Application::portal(&stage).await;
    for direction in [
        json!({"id-token": "not-yet-valid"}),
        json!({"id-token": "none", "clock-skew": 3600}),
    ] {
        stage.direct(&direction);
        let (tokens, nonce) = application.sign_in("tenant-user").await;
        let identity = tokens.id_token().unwrap();
        assert_eq!(application.check(identity, &nonce), Ok(()));
        let latest = stage.recorder.clock().now_s() + 120;
        let looks = application
            .client
            .id_token_verifier()
            .set_issue_time_verifier_fn(move |issued| {
                if issued.timestamp() < latest {
                    Ok(())
                } else {
                    Err("issued in the future".to_owned())
                }
            });
        let said = chain(&identity.claims(&looks, &nonce).unwrap_err());
        assert!(said.contains("issued in the future"), "{said}");
    }
}

#[tokio::test]
async fn it_sees_keys_turn_once_it_fetches_them_anew() {
    let stage = Stage::open().await;
    let before = Application::portal(&stage).await;
    stage.direct(&json!({"rotate-keys": true}));
    let (tokens, nonce) = before.sign_in("tenant-user").await;
    let identity = tokens.id_token().unwrap();
    let said = before.check(identity, &nonce).unwrap_err();
    assert!(said.contains("No matching key found"), "{said}");
    let after = Application::portal(&stage).await;
    assert_eq!(after.check(identity, &nonce), Ok(()));
}

#[tokio::test]
async fn it_hears_that_an_endpoint_fails_and_that_a_code_was_used() {
    let stage = Stage::open().await;
    let application = Application::portal(&stage).await;
    stage.direct(&json!({"failing": {"token": 503}}));
    let begun = application.begin();
    let answer = stage.visit(&begun.address, "tenant-user").await;
    let verifier = || PkceCodeVerifier::new(begun.verifier.secret().clone());
    let said = application.redeem(&answer["code"], verifier()).await.unwrap_err();
    assert!(said.contains("server_error"), "{said}");
    stage.direct(&json!({"failing": {}}));
    application.redeem(&answer["code"], verifier()).await.unwrap();
    let said = application.redeem(&answer["code"], verifier()).await.unwrap_err();
    assert!(said.contains("the code was used before"), "{said}");
}

#[tokio::test]
async fn it_is_told_that_a_user_may_not_come() {
    let stage = Stage::open().await;
    let application = Application::operator(&stage).await;
    let answer = stage.visit(&application.begin().address, "tenant-user").await;
    assert_eq!(answer["error"], "access_denied");
}

/// The crate has no token exchange, so its request is extended by hand, as its users do.
#[tokio::test]
async fn it_exchanges_a_token_and_signs_out() {
    let stage = Stage::open().await;
    let (portal, operator) = (
        Application::portal(&stage).await,
        Application::operator(&stage).await,
    );
    let (subject, _) = portal.sign_in("tenant-user").await;
    stage.direct(&json!({"end-sessions": true}));
    let (actor, _) = operator.sign_in("platform-admin").await;
    let kind = "urn:ietf:params:oauth:token-type:access_token";
    let exchange = async |actor: &CoreTokenResponse| {
        let secret = stage.ensemble.client_secret("dezky-operator").unwrap();
        let url = format!("{}/application/o/dezky-operator/token", stage.origin);
        let fields = [
            ("client_id", "dezky-operator"),
            ("client_secret", &secret),
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject.access_token().secret()),
            ("subject_token_type", kind),
            ("actor_token", actor.access_token().secret()),
            ("actor_token_type", kind),
        ];
        let answer = stage.browse(Method::POST, &url, &fields).await;
        serde_json::from_slice::<Value>(answer.body()).unwrap()
    };
    let given = exchange(&actor).await;
    assert_eq!(given["issued_token_type"], kind, "{given}");
    let refused = exchange(&subject).await;
    assert_eq!(
        refused["error_description"],
        "the actor token is refused: it is not for the audience dezky-operator"
    );

    let url = Url::parse_with_params(
        &format!("{}/application/o/dezky-operator/end_session", stage.origin),
        [
            ("id_token_hint", actor.id_token().unwrap().to_string().as_str()),
            (
                "post_logout_redirect_uri",
                "https://operator.dezky.local/auth/oidc/logout",
            ),
        ],
    );
    let answer = stage.browse(Method::GET, url.unwrap().as_str(), &[]).await;
    assert_eq!(answer.status(), StatusCode::FOUND, "{}", text(&answer));
    assert_eq!(stage.ensemble.back_channel().take().len(), 1);
    assert_eq!(stage.violations(), Vec::<String>::new());
}
