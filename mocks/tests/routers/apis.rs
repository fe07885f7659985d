//! customer-360 and the CRM's API.

use crate::support::{APP, World};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

const C360: &str = "https://c360.qontak.com";
const CRM_API: &str = "https://crm-api.qontak.com";

fn ids(answer: &Value) -> Vec<&str> {
    answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_agent_and_what_the_agent_may_do() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let answer = world.get_as(&format!("{C360}/v1/me"), &token).await;
    let me = &answer.json()["data"];
    assert_eq!(me["id"], "user-7");
    assert_eq!(me["company_sso_id"], "company-sso-77");
    assert_eq!(me["locale"], "id");
    let list = me["permissions"]["customer_360"]["permissions"]
        .as_array()
        .unwrap();
    assert!(list.contains(&json!({"name": "customers_ticket_create", "is_enabled": true})));
    assert_eq!(answer.header("access-control-allow-origin"), APP);
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[rstest]
#[case::off("off", "customers_ticket_create", Some(false))]
#[case::absent("absent", "customers_ticket_create", None)]
#[case::other_key_stays("off", "crm_ticket_create", Some(true))]
#[tokio::test]
async fn permissions_follow_the_stage(
    #[case] direction: &str,
    #[case] name: &str,
    #[case] enabled: Option<bool>,
) {
    let world = World::new(&[]);
    world.direct("customer-360", json!({"permissions": direction}));
    let token = world.token("support-agent").await;
    let me = world.get_as(&format!("{C360}/v1/me"), &token).await.json();
    let list = me["data"]["permissions"]["customer_360"]["permissions"]
        .as_array()
        .unwrap()
        .clone();
    let found = list.iter().find(|permission| permission["name"] == name);
    assert_eq!(
        found.map(|permission| permission["is_enabled"] == json!(true)),
        enabled
    );
}

#[tokio::test]
async fn there_may_be_no_permissions_at_all() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    world.direct("customer-360", json!({"permissions": "empty"}));
    let me = world.get_as(&format!("{C360}/v1/me"), &token).await.json();
    assert_eq!(me["data"]["permissions"], json!({}));
    world.direct("customer-360", json!({"permissions": "none"}));
    let me = world.get_as(&format!("{C360}/v1/me"), &token).await.json();
    assert!(me["data"].get("permissions").is_none());
    world.direct(
        "customer-360",
        json!({"permissions": "on", "grants": {"crm_ticket_create": false}}),
    );
    let me = world.get_as(&format!("{C360}/v1/me"), &token).await.json();
    let list = me["data"]["permissions"]["customer_360"]["permissions"]
        .as_array()
        .unwrap()
        .clone();
    assert!(list.contains(&json!({"name": "crm_ticket_create", "is_enabled": false})));
}

#[tokio::test]
async fn the_permission_switch_says_which_key_is_meant() {
    let world = World::new(&[("permission-key", "crm_ticket_create")]);
    world.direct("customer-360", json!({"permissions": "off"}));
    let token = world.token("support-agent").await;
    let me = world.get_as(&format!("{C360}/v1/me"), &token).await.json();
    let list = me["data"]["permissions"]["customer_360"]["permissions"]
        .as_array()
        .unwrap()
        .clone();
    assert!(list.contains(&json!({"name": "crm_ticket_create", "is_enabled": false})));
    assert!(list.contains(&json!({"name": "customers_ticket_create", "is_enabled": true})));
}

#[tokio::test]
async fn flags_follow_the_stage_in_mid_run() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let flags = || async { world.get_as(&format!("{C360}/v1/feature_flags"), &token).await };
    let code = "cdp_create_ticket_embed";
    let all_on = json!({"code": code, "enabled": true, "enabled_for_company": true});
    assert!(flags().await.json()["data"].as_array().unwrap().contains(&all_on));
    world.direct("customer-360", json!({"flags": {code: "enabled-only"}}));
    let half = json!({"code": code, "enabled": true, "enabled_for_company": false});
    assert!(flags().await.json()["data"].as_array().unwrap().contains(&half));
    world.direct("customer-360", json!({"flags": {code: "absent"}}));
    let left = flags().await.json();
    let codes: Vec<_> = left["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flag| flag["code"].clone())
        .collect();
    assert_eq!(codes, ["unify_ticket_omnichannel_view"]);
    world.direct("customer-360", json!({"flag-service": "failing"}));
    let failing = flags().await;
    assert_eq!(failing.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        failing.header("access-control-allow-origin"),
        APP,
        "a page must be able to see that it failed"
    );
}

#[tokio::test]
async fn customers_of_the_company_by_page_and_by_search() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let all = world.get_as(&format!("{C360}/v1/customers"), &token).await.json();
    assert_eq!(ids(&all), ["123", "456", "789"]);
    assert_eq!(all["meta"]["total"], 3);
    let second = world
        .get_as(&format!("{C360}/v1/customers?page=2&limit=2"), &token)
        .await
        .json();
    assert_eq!(ids(&second), ["789"]);
    let found = world
        .get_as(&format!("{C360}/v1/customers?query=joko"), &token)
        .await
        .json();
    assert_eq!(ids(&found), ["456"]);
    let sparse = world
        .get_as(&format!("{C360}/v1/customers/456"), &token)
        .await
        .json();
    assert_eq!(
        sparse["data"],
        json!({"id": "456", "name": "Joko Prasetyo", "phone": "+62811555456"})
    );
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn another_companys_customers_do_not_exist() {
    let world = World::new(&[]);
    let token = world.token("sales-agent").await;
    let all = world.get_as(&format!("{C360}/v1/customers"), &token).await.json();
    assert_eq!(ids(&all), ["901"]);
    let answer = world.get_as(&format!("{C360}/v1/customers/123"), &token).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["error"]["code"], "customer_not_found");
    let tickets = world
        .get_as(&format!("{CRM_API}/v1/tickets"), &token)
        .await
        .json();
    assert_eq!(ids(&tickets), ["t-900"]);
}

#[tokio::test]
async fn customers_can_be_changed_and_made_unknown() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    world.direct(
        "customer-360",
        json!({"customers": {"123": {"phone": null, "email": "new.address@pelanggan.example"}, "456": null}}),
    );
    let changed = world
        .get_as(&format!("{C360}/v1/customers/123"), &token)
        .await
        .json();
    assert_eq!(changed["data"]["phone"], Value::Null);
    assert_eq!(changed["data"]["email"], "new.address@pelanggan.example");
    assert!(
        world
            .recorder
            .canaries()
            .iter()
            .any(|canary| canary.value == "new.address@pelanggan.example")
    );
    let gone = world.get_as(&format!("{C360}/v1/customers/456"), &token).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[rstest]
#[case::no_token(None)]
#[case::nonsense(Some("Bearer nonsense"))]
#[case::basic(Some("Basic dXNlcjpwYXNz"))]
#[case::unsigned(Some("Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ4In0."))]
#[tokio::test]
async fn callers_without_a_token_that_counts_are_refused(#[case] authorization: Option<&str>) {
    let world = World::new(&[]);
    for url in [format!("{C360}/v1/me"), format!("{CRM_API}/v1/tickets")] {
        let mut headers = vec![("origin", APP)];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let answer = world.send(Method::GET, &url, &headers, Vec::new()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.json()["error"]["code"], "unauthorized");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            APP,
            "a page must be able to see the 401"
        );
    }
    assert_eq!(world.told("caller-refused").len(), 2);
}

#[tokio::test]
async fn the_apps_preflights_pass_and_those_of_others_do_not() {
    let world = World::new(&[]);
    for (url, method) in [
        (format!("{C360}/v1/me"), "GET"),
        (format!("{CRM_API}/v1/leads/123/tickets/t-2"), "DELETE"),
    ] {
        for (origin, allowed) in [
            (APP, true),
            ("https://evil.example", false),
            ("https://crm.qontak.com", false),
        ] {
            let headers = [
                ("origin", origin),
                ("access-control-request-method", method),
                ("access-control-request-headers", "authorization"),
            ];
            let answer = world.send(Method::OPTIONS, &url, &headers, Vec::new()).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT);
            assert_eq!(
                answer.header("access-control-allow-origin"),
                if allowed { origin } else { "" }
            );
            assert_eq!(
                answer.header("access-control-allow-methods").contains(method),
                allowed
            );
            assert_eq!(
                answer
                    .header("access-control-allow-headers")
                    .contains("authorization"),
                allowed
            );
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }
    assert!(world.unrouted().is_empty());
}

#[tokio::test]
async fn tickets_of_a_customer_by_page_and_by_search() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let get = |query: &str| {
        let url = format!("{CRM_API}/v1/tickets?{query}");
        let (world, token) = (&world, &token);
        async move { world.get_as(&url, token).await.json() }
    };
    let first = get("qontak_customer_id=789").await;
    assert_eq!(first["meta"], json!({"total": 25, "page": 1, "limit": 10}));
    assert_eq!(ids(&first).len(), 10);
    let third = get("qontak_customer_id=789&page=3").await;
    assert_eq!(ids(&third), ["t-104", "t-103", "t-102", "t-101", "t-100"]);
    assert_eq!(ids(&get("qontak_customer_id=456").await), [""; 0]);
    assert_eq!(ids(&get("query=REFUND").await), ["t-2"]);
    let item = &get("qontak_customer_id=123").await["data"][0];
    let members: Vec<_> = item.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "created_at",
            "data_source",
            "id",
            "name",
            "pipeline_id",
            "slug",
            "stage_id",
            "status"
        ]
    );
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn association_is_idempotent_and_can_be_taken_back() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let authorization = format!("Bearer {token}");
    let url = format!("{CRM_API}/v1/leads/123/tickets/t-2");
    let headers = [("authorization", authorization.as_str())];
    let send = |method: Method| world.send(method, &url, &headers, Vec::new());
    for _ in 0..2 {
        let answer = send(Method::POST).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.json()["data"],
            json!({"contact_id": "123", "ticket_id": "t-2", "associated": true})
        );
    }
    let listed = world
        .get_as(&format!("{CRM_API}/v1/tickets?qontak_customer_id=123"), &token)
        .await
        .json();
    assert_eq!(ids(&listed), ["t-2", "t-1"]);
    assert_eq!(send(Method::DELETE).await.json()["data"]["associated"], false);
    let listed = world
        .get_as(&format!("{CRM_API}/v1/tickets?qontak_customer_id=123"), &token)
        .await
        .json();
    assert_eq!(ids(&listed), ["t-1"]);
    let changed: Vec<_> = world
        .told("ticket-associated")
        .iter()
        .map(|data| data["changed"].clone())
        .collect();
    assert_eq!(changed, [true, false]);
}

#[rstest]
#[case("nobody", "t-1", "contact_not_found")]
#[case("123", "t-nothing", "ticket_not_found")]
#[case("901", "t-900", "contact_not_found")]
#[case("123", "t-900", "ticket_not_found")]
#[tokio::test]
async fn what_is_not_the_companys_cannot_be_associated(
    #[case] contact: &str,
    #[case] ticket: &str,
    #[case] code: &str,
) {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let authorization = format!("Bearer {token}");
    let url = format!("{CRM_API}/v1/leads/{contact}/tickets/{ticket}");
    let answer = world
        .send(
            Method::POST,
            &url,
            &[("authorization", &authorization)],
            Vec::new(),
        )
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.json()["error"]["code"], code);
}

#[tokio::test]
async fn directions_set_associations_and_change_tickets() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    world.direct(
        "crm-api",
        json!({"associations": {"456": ["t-2", "t-3"], "123": []}, "tickets": {"t-2": {"status": "Closed"}, "t-3": null}}),
    );
    let listed = world
        .get_as(&format!("{CRM_API}/v1/tickets?qontak_customer_id=456"), &token)
        .await
        .json();
    assert_eq!(ids(&listed), ["t-2"]);
    assert_eq!(listed["data"][0]["status"], "Closed");
    let listed = world
        .get_as(&format!("{CRM_API}/v1/tickets?qontak_customer_id=123"), &token)
        .await
        .json();
    assert_eq!(listed["meta"]["total"], 0);
}

#[tokio::test]
async fn deals_of_a_customer() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let deals = world
        .get_as(&format!("{CRM_API}/v1/deals?qontak_customer_id=123"), &token)
        .await
        .json();
    assert_eq!(ids(&deals), ["d-1", "d-2"]);
    assert_eq!(deals["meta"]["total"], 2);
}

#[tokio::test]
async fn requests_that_depart_from_the_contract_are_told_and_answered() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let answer = world
        .get_as(&format!("{CRM_API}/v1/tickets?page=zero&sort=up"), &token)
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    let violations = world.violations();
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(
        violations
            .iter()
            .any(|error| error == "GET /v1/tickets: query parameter `sort` is not in the contract")
    );
    assert!(
        violations
            .iter()
            .any(|error| error.contains("query parameter `page`")),
        "{violations:?}"
    );
    let missing = world.get(&format!("{CRM_API}/v1/deals")).await;
    assert_eq!(missing.status, StatusCode::UNAUTHORIZED);
    assert!(
        world
            .violations()
            .iter()
            .any(|error| error.ends_with("header `authorization` is missing"))
    );
}

#[tokio::test]
async fn facts_name_the_exchange_that_caused_them() {
    let world = World::new(&[]);
    world.get(&format!("{C360}/nothing")).await;
    let event = world.events().pop().unwrap();
    assert!(event.exchange.is_some());
    assert_eq!(event.source.to_string(), "mock:customer-360");
}

#[tokio::test]
async fn the_runtime_configuration_follows_origins_and_switches() {
    let world = World::new(&[]);
    let config = world.get(&format!("{APP}/runtime-config.json")).await.json();
    assert_eq!(config["CRM_V3_EMBED_URL"], "https://crm.qontak.com");
    assert_eq!(config["EMBED_INIT_TYPE"], Value::Null);
    assert_eq!(config["TELEMETRY_NAMES"], "label");
    assert_eq!(config["SPOOF_REPORT"], true);
    assert_eq!(config["CREATE_ERROR_KEEPS_FORM"], true);
    assert_eq!(config["TICKET_FLAG_LAYERED"], false);
    assert_eq!(config["MIXPANEL"]["apiHost"], "https://api-js.mixpanel.com");
    let world = World::new(&[
        ("crm-site", "cross"),
        ("init-type", "EMBED_INIT"),
        ("telemetry-names", "snake-case"),
        ("spoof-report", "silent"),
        ("create-error", "form-unmounted"),
        ("layered-flag", "yes"),
        ("permission-key", "crm_ticket_create"),
    ]);
    world.direct("runtime-config", json!({"set": {"EMBED_READY_TIMEOUT_MS": 500}}));
    let config = world.get(&format!("{APP}/runtime-config.json")).await.json();
    assert_eq!(config["CRM_V3_EMBED_URL"], "https://crm.mekari.com");
    assert_eq!(config["EMBED_INIT_TYPE"], "EMBED_INIT");
    assert_eq!(config["TELEMETRY_NAMES"], "snake-case");
    assert_eq!(config["SPOOF_REPORT"], false);
    assert_eq!(config["CREATE_ERROR_KEEPS_FORM"], false);
    assert_eq!(config["TICKET_FLAG_LAYERED"], true);
    assert_eq!(config["TICKET_CREATE_PERMISSION"], "crm_ticket_create");
    assert_eq!(config["EMBED_READY_TIMEOUT_MS"], 500);
    assert!(world.ensemble.overlay("crm").is_none());
}
