//! The account side of the single sign-on: changing the account, signing out, the session frame.

use std::sync::Arc;

use crate::support::World;
use http::StatusCode;
use rstest::rstest;
use serde_json::json;

const SSO: &str = "https://account.mekari.com";
const CHAT: &str = "https://chat.qontak.com";

fn world() -> World {
    World::of("hub-chat", &[])
}

fn auth(client: &str, return_to: &str) -> String {
    url::Url::parse_with_params(
        &format!("{SSO}/auth"),
        [("client_id", client), ("return_to", return_to)],
    )
    .unwrap()
    .into()
}

#[tokio::test]
async fn a_changed_account_leads_back_to_the_client() {
    let world = world();
    let answer = world
        .get(&auth("hub-chat", &format!("{CHAT}/sso-callback")))
        .await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(
        answer.location().as_str(),
        format!("{CHAT}/sso-callback?session=changed")
    );
    assert_eq!(
        world.told("account-changed"),
        [json!({"client": "hub-chat", "persona": null})]
    );
    world.code("sales-agent").await;
    world
        .get(&auth("hub-chat", &format!("{CHAT}/sso-callback")))
        .await;
    assert_eq!(world.told("account-changed")[1]["persona"], "sales-agent");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case::stranger("hub-chat", "https://evil.example/")]
#[case::suffix("hub-chat", "https://chat.qontak.com.evil.example/sso-callback")]
#[case::user_info("hub-chat", "https://chat.qontak.com@evil.example/sso-callback")]
#[case::other_scheme("hub-chat", "http://chat.qontak.com/sso-callback")]
#[case::other_port("hub-chat", "https://chat.qontak.com:8443/sso-callback")]
#[case::other_path("hub-chat", "https://chat.qontak.com/redirect?to=https://evil.example")]
#[case::climbing("hub-chat", "https://chat.qontak.com/sso-callback/../open")]
#[case::fragment("hub-chat", "https://chat.qontak.com/sso-callback#x")]
#[case::no_scheme("hub-chat", "//evil.example/")]
#[case::path("hub-chat", "/sso-callback")]
#[case::script("hub-chat", "javascript:alert(1)")]
#[case::empty("hub-chat", "")]
#[case::unknown_client("hub-chats", "https://chat.qontak.com/sso-callback")]
#[case::no_client("", "https://chat.qontak.com/sso-callback")]
#[tokio::test]
async fn no_address_outside_the_clients_list_is_gone_back_to(#[case] client: &str, #[case] address: &str) {
    let world = world();
    let answer = world.get(&auth(client, address)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.header("location"), "");
    assert!(answer.body.contains("not known here"), "{}", answer.body);
    assert_eq!(
        world.told("return-refused"),
        [json!({"client": client, "return_to": address})]
    );
}

#[rstest]
#[case::own("hub-chat", StatusCode::FOUND)]
#[case::none_named("", StatusCode::FOUND)]
#[case::unknown("crm-web", StatusCode::BAD_REQUEST)]
#[tokio::test]
async fn signing_out_leads_back_within_the_named_clients_list(
    #[case] client: &str,
    #[case] status: StatusCode,
) {
    let world = world();
    world.code("support-agent").await;
    let client = if client.is_empty() {
        String::new()
    } else {
        format!("client_id={client}&")
    };
    let answer = world
        .get(&format!("{SSO}/sign_out?{client}return_to={CHAT}/"))
        .await;
    assert_eq!(answer.status, status);
    assert!(world.cookie(SSO, "_mekari_account").is_none());
    assert_eq!(world.told("session-ended").len(), 1);
}

#[tokio::test]
async fn signing_out_needs_no_address_to_go_back_to() {
    let world = world();
    let answer = world.get(&format!("{SSO}/sign_out")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case::ordinary("ordinary", false)]
#[case::partitioned("partitioned", true)]
#[tokio::test]
async fn the_session_cookie_is_partitioned_as_the_switch_says(
    #[case] value: &str,
    #[case] partitioned: bool,
) {
    let world = World::of("hub-chat", &[("session-cookie", value)]);
    let start = world.get(&world.authorize_url(&[])).await;
    let answer = world.sign_in_at(start.location().as_str(), "support-agent").await;
    let out = world.get(&format!("{SSO}/sign_out")).await;
    for answer in [answer, out] {
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("_mekari_account="), "{cookie}");
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=None"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_eq!(cookie.contains("; Partitioned"), partitioned, "{cookie}");
    }
}

#[tokio::test]
async fn the_status_is_the_browsers_own() {
    let world = world();
    let status = format!("{SSO}/session/status");
    assert_eq!(
        world.get(&status).await.json(),
        json!({"signed_in": false, "sub": null})
    );
    world.code("support-agent").await;
    let sub = fixtures::persona("support-agent").unwrap().sso_id;
    let answer = world
        .send(http::Method::GET, &status, &[("origin", CHAT)], Vec::new())
        .await;
    assert_eq!(answer.json(), json!({"signed_in": true, "sub": sub}));
    assert_eq!(answer.header("cache-control"), "no-store");
    // Only the frame's own script may read it.
    assert_eq!(answer.header("access-control-allow-origin"), "");
    world.direct("sso", json!({"end-sessions": true}));
    assert_eq!(world.get(&status).await.json()["signed_in"], false);
}

#[tokio::test]
async fn the_frame_may_be_embedded_by_the_products_that_are_listed() {
    let world = world();
    let frame = format!("{SSO}/session/frame");
    let answer = world.get(&frame).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let policy = answer.header("content-security-policy");
    assert!(policy.ends_with(&format!("frame-ancestors {CHAT}")), "{policy}");
    assert!(answer.body.contains(CHAT), "{}", answer.body);
    world.direct("sso", json!({"session": {"not-framed-by": ["hub-chat"]}}));
    let answer = world.get(&frame).await;
    let policy = answer.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    assert!(!answer.body.contains(CHAT), "{}", answer.body);
    assert!(world.violations().is_empty());
}

#[tokio::test]
async fn the_frames_files_are_served_and_nothing_else() {
    let world = world();
    let answer = world.get(&format!("{SSO}/session/assets/frame.js")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/javascript"));
    for path in ["frame.html", "../login.html", "%2e%2e/login.html", "nothing.js"] {
        let answer = world.get(&format!("{SSO}/session/assets/{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_frames_page_learns_how_to_behave() {
    let world = world();
    let stage = format!("{SSO}/session/stage.json");
    assert_eq!(
        world.get(&stage).await.json(),
        json!({"manner": "normal", "says": null, "hold": "session-state"})
    );
    world.direct(
        "sso",
        json!({"session": {"manner": "wrong-version", "says": "server_down"}}),
    );
    world.direct("sso", json!({"session": {"hold": "second"}}));
    assert_eq!(
        world.get(&stage).await.json(),
        json!({"manner": "wrong-version", "says": "server_down", "hold": "second"})
    );
    world.direct("sso", json!({"session": {"says": null}}));
    assert_eq!(world.get(&stage).await.json()["says"], json!(null));
    assert!(mocks::Ensemble::is_private("sso", "/session/stage.json"));
    assert!(!mocks::Ensemble::is_private("sso", "/session/frame"));
}

#[tokio::test]
async fn a_late_frame_goes_on_when_it_is_released() {
    let world = Arc::new(world());
    let waiting = {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            world
                .get(&format!("{SSO}/session/stage.json?wait=session-state"))
                .await
        })
    };
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    world.direct("sso", json!({"session": {"release": ["session-state"]}}));
    assert_eq!(waiting.await.unwrap().status, StatusCode::OK);
}
