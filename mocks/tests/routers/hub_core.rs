//! hub-core and Mekari's API, and what the environment tells hub-chat.

use crate::support::World;
use http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

const HUB: &str = "https://hub-core.qontak.com";
const API: &str = "https://api.mekari.com";
const CHAT: &str = "https://chat.qontak.com";

fn world() -> World {
    World::of("hub-chat", &[])
}

fn current_company(sso_id: &str) -> String {
    format!("{API}/v1.1/users/{sso_id}/current_company")
}

fn sso_id(persona: &str) -> String {
    fixtures::persona(persona).unwrap().sso_id
}

#[rstest]
#[case::on("on", json!({"seamless_auth_first": false, "centralized_session": true}))]
#[case::off("off", json!({"seamless_auth_first": false, "centralized_session": false}))]
#[case::absent("absent", json!({"seamless_auth_first": false}))]
#[case::text("text", json!({"seamless_auth_first": false, "centralized_session": "true"}))]
#[case::number("number", json!({"seamless_auth_first": false, "centralized_session": 1}))]
#[case::null("null", json!({"seamless_auth_first": false, "centralized_session": null}))]
#[tokio::test]
async fn the_flag_follows_the_stage_and_needs_no_sign_in(#[case] flag: &str, #[case] expected: Value) {
    let world = world();
    world.direct("hub-core", json!({"flag": flag}));
    let answer = world.get(&format!("{HUB}/client_configs/config")).await;
    assert_eq!(answer.json()["data"], expected);
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case::normal("normal", Some(json!(sso_id("support-agent"))))]
#[case::empty("empty", Some(json!("")))]
#[case::null("null", Some(Value::Null))]
#[case::absent("absent", None)]
#[tokio::test]
async fn the_agents_profile_follows_the_stage(#[case] direction: &str, #[case] expected: Option<Value>) {
    let world = world();
    let token = world.token("support-agent").await;
    world.direct("hub-core", json!({"sso-id": direction}));
    let answer = world.get_as(&format!("{HUB}/v1/me"), &token).await;
    let me = answer.json()["data"].clone();
    assert_eq!(me["id"], "user-7");
    assert_eq!(me.get("sso_id").cloned(), expected);
    assert_eq!(answer.header("access-control-allow-origin"), CHAT);
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case("/v1/me")]
#[case("/v1/organization")]
#[case("/v1/company")]
#[case("/v1/conversations")]
#[tokio::test]
async fn nobody_is_told_anything_without_a_token_that_counts(#[case] path: &str) {
    let world = world();
    let answer = world.get(&format!("{HUB}{path}")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let token = world.token("support-agent").await;
    assert_eq!(
        world.get_as(&format!("{HUB}{path}"), &token).await.status,
        StatusCode::OK
    );
    world.direct("sso", json!({"revoke-tokens": true}));
    assert_eq!(
        world.get_as(&format!("{HUB}{path}"), &token).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn hub_core_asks_the_account_service_for_the_company_where_the_switch_says_so() {
    let world = world();
    let token = world.token("support-agent").await;
    let company = world.get_as(&format!("{HUB}/v1/company"), &token).await.json();
    assert_eq!(
        company["data"],
        json!({"id": "company-sso-77", "name": "Toko Nusantara", "organization_id": "org-7"})
    );
    world.direct(
        "mekari-api",
        json!({"current-company": {"support-agent": "company-sso-79"}}),
    );
    let company = world.get_as(&format!("{HUB}/v1/company"), &token).await.json();
    assert_eq!(company["data"]["name"], "Toko Nusantara Timur");
    let organization = world
        .get_as(&format!("{HUB}/v1/organization"), &token)
        .await
        .json();
    assert_eq!(
        organization["data"],
        json!({"id": "org-7", "name": "Nusantara Group"})
    );
    let conversations = world
        .get_as(&format!("{HUB}/v1/conversations"), &token)
        .await
        .json();
    assert_eq!(conversations["meta"]["total"], 1);
    assert_eq!(
        conversations["data"][0],
        json!({"id": "cv-791", "customer_name": "Hasan Basri", "last_message": "When do you open on Sunday?", "unread": 0})
    );
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn where_the_front_end_finds_out_hub_core_knows_only_the_last_company() {
    let world = World::of("hub-chat", &[("current-company", "front-end")]);
    let token = world.token("support-agent").await;
    let select = json!({"current-company": {"support-agent": "company-sso-79"}});
    world.direct("mekari-api", select);
    let of = async |query: &str| {
        let answer = world.get_as(&format!("{HUB}/v1/company{query}"), &token).await;
        (answer.status, answer.json()["data"]["id"].clone())
    };
    assert_eq!(of("").await, (StatusCode::OK, json!("company-sso-77")));
    assert_eq!(
        of("?company_id=company-sso-79").await,
        (StatusCode::OK, json!("company-sso-79"))
    );
    // Another firm's company, and one that is not there, are the same to this person.
    for stranger in ["?company_id=company-sso-88", "?company_id=company-sso-0"] {
        assert_eq!(of(stranger).await.0, StatusCode::NOT_FOUND);
    }
    // What was asked for last is what is shown from then on.
    assert_eq!(of("").await, (StatusCode::OK, json!("company-sso-79")));
    world.direct(
        "hub-core",
        json!({"last-company": {"support-agent": "company-sso-77"}}),
    );
    assert_eq!(of("").await, (StatusCode::OK, json!("company-sso-77")));
}

#[tokio::test]
async fn only_ones_own_selected_company_is_told() {
    let world = world();
    let token = world.token("support-agent").await;
    let own = current_company(&sso_id("support-agent"));
    let answer = world.get_as(&own, &token).await;
    assert_eq!(
        answer.json()["data"],
        json!({"company_id": "company-sso-77", "name": "Toko Nusantara"})
    );
    assert_eq!(answer.header("access-control-allow-origin"), CHAT);
    world.direct(
        "mekari-api",
        json!({"current-company": {"support-agent": "company-sso-79"}}),
    );
    assert_eq!(
        world.get_as(&own, &token).await.json()["data"]["company_id"],
        "company-sso-79"
    );
    let others = world
        .get_as(&current_company(&sso_id("sales-agent")), &token)
        .await;
    let nobodys = world.get_as(&current_company("nobody"), &token).await;
    assert_eq!(others.status, StatusCode::FORBIDDEN);
    assert_eq!((others.status, others.body), (nobodys.status, nobodys.body));
    assert_eq!(world.get(&own).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        world.told("current-company-refused"),
        vec![json!({"persona": "support-agent"}); 2]
    );
}

#[tokio::test]
async fn hub_chat_is_told_what_follows_from_the_world() {
    let world = world();
    let config = world.get(&format!("{CHAT}/runtime-config.json")).await.json();
    assert_eq!(config["SSO_URL"], "https://account.mekari.com");
    assert_eq!(config["SSO_CLIENT_ID"], "hub-chat");
    assert_eq!(config["HUB_CORE_URL"], HUB);
    assert_eq!(config["MEKARI_API_URL"], API);
    assert_eq!(config["SESSION_GRACE"], true);
    assert_eq!(config["CURRENT_COMPANY"], "server");
    assert_eq!(config["ACTION_NAMES"], "default");
    let other = World::of(
        "hub-chat",
        &[
            ("grace", "off"),
            ("current-company", "front-end"),
            ("action-names", "other"),
            ("account-site", "mekari.io"),
        ],
    );
    other.direct("runtime-config", json!({"set": {"SESSION_SDK_TIMEOUT_MS": 500}}));
    let config = other.get(&format!("{CHAT}/runtime-config.json")).await.json();
    assert_eq!(config["SSO_URL"], "https://account.mekari.io");
    assert_eq!(config["SESSION_GRACE"], false);
    assert_eq!(config["CURRENT_COMPANY"], "front-end");
    assert_eq!(config["ACTION_NAMES"], "other");
    assert_eq!(config["SESSION_SDK_TIMEOUT_MS"], 500);
}
