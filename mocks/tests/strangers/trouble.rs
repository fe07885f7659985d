//! Applications in other languages meet endpoints that fail or do not answer, and go on once those are well again.

use rstest::rstest;
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::stranger::Package::{Authlib, OpenidClient};
use crate::stranger::{PORTAL, Package, Stranger};

/// An application right before it needs an endpoint, and what then asks there first.
struct Need<'a> {
    application: Stranger<'a>,
    deed: &'static str,
    what: Value,
}

impl<'a> Need<'a> {
    async fn of(endpoint: &str, stage: &'a Stage, package: Package) -> Self {
        let mut application = Stranger::start(stage, package, PORTAL);
        if endpoint == "discovery" {
            return Self {
                application,
                deed: "configure",
                what: json!({}),
            };
        }
        application.configure(json!({})).await.unwrap();
        if ["token", "jwks"].contains(&endpoint) {
            let address = application.begin(&[]).await;
            let reached = stage.arrive(&address, "tenant-user").await;
            return Self {
                application,
                deed: "finish",
                what: json!({"address": reached.as_str()}),
            };
        }
        let tokens = application.sign_in("tenant-user").await.unwrap();
        let deed = match endpoint {
            "userinfo" => "user_info",
            "revoke" => "revoke",
            _ => "introspect",
        };
        let mut what = json!({"token": tokens["access_token"]});
        if deed == "user_info" {
            what["subject"] = tokens["claims"]["sub"].clone();
        }
        Self {
            application,
            deed,
            what,
        }
    }

    async fn meet(&mut self) -> Result<Value, String> {
        match self.deed {
            "configure" => self.application.configure(self.what.clone()).await,
            deed => self.application.ask(deed, self.what.clone()).await,
        }
    }
}

#[rstest]
#[case::openid_client_discovery(
    OpenidClient,
    "discovery",
    "OAUTH_RESPONSE_IS_NOT_CONFORM: unexpected HTTP response status code: 503"
)]
#[case::openid_client_token(
    OpenidClient,
    "token",
    "OAUTH_RESPONSE_IS_NOT_CONFORM: unexpected HTTP response status code: 503"
)]
#[case::openid_client_jwks(
    OpenidClient,
    "jwks",
    "OAUTH_RESPONSE_IS_NOT_CONFORM: unexpected HTTP response status code: 503"
)]
#[case::openid_client_userinfo(
    OpenidClient,
    "userinfo",
    "OAUTH_RESPONSE_IS_NOT_CONFORM: unexpected HTTP response status code: 503"
)]
#[case::openid_client_revoke(
    OpenidClient,
    "revoke",
    "OAUTH_RESPONSE_IS_NOT_CONFORM: unexpected HTTP response status code: 503"
)]
#[case::openid_client_introspect(
    OpenidClient,
    "introspect",
    "OAUTH_RESPONSE_IS_NOT_CONFORM: unexpected HTTP response status code: 503"
)]
#[case::authlib_discovery(Authlib, "discovery", "503 Server Error: Service Unavailable for url")]
#[case::authlib_token(Authlib, "token", "503 Server Error: Service Unavailable for url")]
#[case::authlib_jwks(Authlib, "jwks", "503 Server Error: Service Unavailable for url")]
#[case::authlib_userinfo(Authlib, "userinfo", "503 Server Error: Service Unavailable for url")]
#[case::authlib_revoke(Authlib, "revoke", "503 Server Error: Service Unavailable for url")]
#[case::authlib_introspect(Authlib, "introspect", "503 Server Error: Service Unavailable for url")]
#[tokio::test]
async fn it_says_that_an_endpoint_fails(
    #[case] package: Package,
    #[case] endpoint: &str,
    #[case] reason: &str,
) {
    let stage = Stage::open().await;
    let mut need = Need::of(endpoint, &stage, package).await;
    stage.direct(&json!({"failing": {endpoint: 503}}));
    let said = need.meet().await.unwrap_err();
    assert!(said.contains(reason), "{said}");
    stage.direct(&json!({"failing": {}}));
    if endpoint == "jwks" {
        // The code was spent before the keys were asked for.
        need.application.sign_in("tenant-user").await.unwrap();
    } else {
        need.meet().await.unwrap();
    }
}

/// How long the applications wait here, in seconds. They wait so long only for what is never answered.
const PATIENCE: u32 = 1;

#[rstest]
#[case::openid_client_discovery(OpenidClient, "discovery", "OAUTH_TIMEOUT: operation timed out")]
#[case::openid_client_token(OpenidClient, "token", "OAUTH_TIMEOUT: operation timed out")]
#[case::openid_client_userinfo(OpenidClient, "userinfo", "OAUTH_TIMEOUT: operation timed out")]
#[case::authlib_discovery(Authlib, "discovery", "Read timed out. (read timeout=1)")]
#[case::authlib_token(Authlib, "token", "Read timed out. (read timeout=1)")]
#[case::authlib_userinfo(Authlib, "userinfo", "Read timed out. (read timeout=1)")]
#[tokio::test]
async fn it_does_not_wait_for_ever(
    #[case] package: Package,
    #[case] endpoint: &'static str,
    #[case] reason: &str,
) {
    let stage = Stage::open().await;
    let mut need = Need::of(endpoint, &stage, package).await;
    let patience = async |need: &mut Need<'_>, seconds: Option<u32>| {
        if endpoint == "discovery" {
            need.what = json!({"patience": seconds});
        } else {
            let what = json!({"seconds": seconds});
            need.application.ask("patience", what).await.unwrap();
        }
    };
    patience(&mut need, Some(PATIENCE)).await;
    stage.slow_down(Some(match endpoint {
        "discovery" => "/openid-configuration",
        "token" => "/token",
        _ => "/userinfo",
    }));
    let said = need.meet().await.unwrap_err();
    assert!(said.contains(reason), "{said}");
    stage.slow_down(None);
    patience(&mut need, Some(60)).await;
    need.meet().await.unwrap();
}
