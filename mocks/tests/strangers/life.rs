//! Applications in other languages through a session's life: sign-in, refresh, new keys, token exchange, sign-out.

use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::stage::{Stage, text};
use crate::stranger::Package::{Authlib, OpenidClient};
use crate::stranger::{Client, OPERATOR, PORTAL, Package, Stranger};

#[rstest]
#[case::rsa(PORTAL)]
#[case::elliptic_curve(OPERATOR)]
#[tokio::test]
async fn it_signs_in(#[values(OpenidClient, Authlib)] package: Package, #[case] client: Client) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, client).await;
    let tokens = application.sign_in("platform-admin").await.unwrap();
    assert_eq!(tokens["claims"]["email"], "mette.lindqvist@dezky.example");
    let info = application.user_info(&tokens).await.unwrap();
    assert_eq!(info["sub"], tokens["claims"]["sub"]);
    assert_eq!(stage.violations(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn it_refreshes_until_a_token_comes_twice(#[values(OpenidClient, Authlib)] package: Package) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, PORTAL).await;
    let first = application.sign_in("tenant-user").await.unwrap();
    let second = application.refresh(&first).await.unwrap();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["claims"]["sub"], first["claims"]["sub"]);
    assert_eq!(second["claims"]["auth_time"], first["claims"]["auth_time"]);
    let third = application.refresh(&second).await.unwrap();
    let said = application.refresh(&second).await.unwrap_err();
    assert!(said.contains("invalid_grant"), "{said}");
    assert!(said.contains("the refresh token was used before"), "{said}");
    // Whoever held the copy is out, and so is the application.
    let said = application.refresh(&third).await.unwrap_err();
    assert!(said.contains("invalid_grant"), "{said}");
    let said = application.user_info(&third).await.unwrap_err();
    assert!(said.contains("401"), "{said}");
    assert_eq!(stage.violations(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn it_is_told_that_a_refresh_token_is_too_old(#[values(OpenidClient, Authlib)] package: Package) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, PORTAL).await;
    let tokens = application.sign_in("tenant-user").await.unwrap();
    let day_and_a_second = (24 * 60 * 60 + 1) * 1000;
    stage.recorder.clock().advance_ms(day_and_a_second);
    let said = application.refresh(&tokens).await.unwrap_err();
    assert!(said.contains("the refresh token has expired"), "{said}");
}

#[tokio::test]
async fn authlib_fetches_new_keys_as_soon_as_it_meets_one() {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, Authlib, PORTAL).await;
    let tokens = application.sign_in("tenant-user").await.unwrap();
    stage.direct(&json!({"rotate-keys": true}));
    let tokens = application.refresh(&tokens).await.unwrap();
    stage.direct(&json!({"rotate-keys": true, "retire-keys": true}));
    application.refresh(&tokens).await.unwrap();
    application.sign_in("tenant-user").await.unwrap();
}

/// The package asks for keys once a minute at the most, lest strangers' tokens make it ask without end.
#[tokio::test]
async fn openid_client_fetches_new_keys_when_its_own_are_a_minute_old() {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, OpenidClient, PORTAL).await;
    let tokens = application.sign_in("tenant-user").await.unwrap();
    stage.direct(&json!({"rotate-keys": true}));
    let said = application.sign_in("tenant-user").await.unwrap_err();
    assert!(said.contains("no applicable keys found"), "{said}");
    application.ask("restart", json!({"age": 60})).await.unwrap();
    let tokens = application.refresh(&tokens).await.unwrap();
    stage.direct(&json!({"retire-keys": true}));
    application.refresh(&tokens).await.unwrap();
    application.sign_in("tenant-user").await.unwrap();
}

#[rstest]
#[tokio::test]
async fn it_exchanges_tokens(#[values(OpenidClient, Authlib)] package: Package) {
    let stage = Stage::open().await;
    let mut portal = Stranger::configured(&stage, package, PORTAL).await;
    let subject = portal.sign_in("tenant-user").await.unwrap();
    stage.direct(&json!({"end-sessions": true}));
    let mut operator = Stranger::configured(&stage, package, OPERATOR).await;
    let actor = operator.sign_in("platform-admin").await.unwrap();
    let kind = "urn:ietf:params:oauth:token-type:access_token";
    let request = |actor: &Value| {
        let fields = json!({
            "subject_token": subject["access_token"],
            "subject_token_type": kind,
            "actor_token": actor["access_token"],
            "actor_token_type": kind,
        });
        json!({"grant": "urn:ietf:params:oauth:grant-type:token-exchange", "fields": fields})
    };
    let given = operator.ask("exchange", request(&actor)).await.unwrap();
    assert_eq!(given["issued_token_type"], kind);
    let what = json!({"token": given["access_token"]});
    let found = operator.ask("introspect", what).await.unwrap();
    assert_eq!(found["sub"], subject["claims"]["sub"]);
    assert_eq!(found["act"]["sub"], actor["claims"]["sub"]);
    let said = operator.ask("exchange", request(&subject)).await.unwrap_err();
    assert!(
        said.contains("the actor token is refused: it is not for the audience dezky-operator"),
        "{said}"
    );
    assert_eq!(stage.violations(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn it_takes_a_token_back(#[values(OpenidClient, Authlib)] package: Package) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, PORTAL).await;
    let tokens = application.sign_in("tenant-user").await.unwrap();
    let what = json!({"token": tokens["refresh_token"]});
    let found = application.ask("introspect", what.clone()).await.unwrap();
    assert_eq!(found["active"], true);
    application.ask("revoke", what.clone()).await.unwrap();
    let found = application.ask("introspect", what).await.unwrap();
    assert_eq!(found["active"], false);
    let said = application.refresh(&tokens).await.unwrap_err();
    assert!(said.contains("invalid_grant"), "{said}");
    assert_eq!(stage.violations(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn it_signs_out(#[values(OpenidClient, Authlib)] package: Package) {
    let stage = Stage::open().await;
    let mut application = Stranger::configured(&stage, package, OPERATOR).await;
    let tokens = application.sign_in("platform-admin").await.unwrap();
    let what = json!({"token": tokens["id_token"], "address": OPERATOR.after_sign_out()});
    let address = application.ask("sign_out", what).await.unwrap();
    let answer = stage.browse(Method::GET, address.as_str().unwrap(), &[]).await;
    assert_eq!(answer.status(), StatusCode::FOUND, "{}", text(&answer));
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(&OPERATOR.after_sign_out()), "{location}");
    assert_eq!(stage.ensemble.back_channel().take().len(), 1);
    let silent = application.begin(&[("prompt", "none")]).await;
    let reached = stage.arrive(&silent, "platform-admin").await;
    let said = application.finish(&reached).await.unwrap_err();
    assert!(said.contains("login_required"), "{said}");
    assert_eq!(stage.violations(), Vec::<String>::new());
}
