//! The CRM's web side: signing in, the embed's pages and API, and how they can be directed.

use crate::support::{Answer, World};
use http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

const CRM: &str = "https://crm.qontak.com";
const API: &str = "https://crm.qontak.com/api/mobile/v2.8";

fn ticket(changes: Value) -> Value {
    let mut body = json!({
        "ticket": {
            "name": "Late delivery again",
            "description": null,
            "pipeline_id": "pl-support",
            "stage_id": "st-waiting",
            "fields": {"order_number": "A-17", "category": "", "due_on": "", "internal_note": ""},
        },
        "contact": {"qontak_customer_id": "123"},
        "embed": true,
        "embed_source": "embed-web-cdp",
    });
    merge(&mut body, changes);
    body
}

fn merge(into: &mut Value, changes: Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(into.entry(name).or_insert(Value::Null), change);
            }
        }
        (into, changes) => *into = changes,
    }
}

async fn create(world: &World, body: &Value) -> Answer {
    world
        .post_json(&format!("{API}/tickets"), &[("origin", CRM)], body)
        .await
}

async fn signed_in(switches: &[(&str, &str)]) -> World {
    let world = World::new(switches);
    world.sign_in_at_crm("support-agent").await;
    world
}

#[tokio::test]
async fn signing_in_lands_on_the_crm_with_a_session_cookie() {
    let world = World::new(&[]);
    let callback = world.sign_in_at_crm("support-agent").await;
    assert_eq!(callback.status, StatusCode::FOUND);
    assert_eq!(callback.header("location"), "https://crm.qontak.com/");
    let cookie = callback.header("set-cookie");
    for attribute in ["Secure", "HttpOnly", "SameSite=None", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Partitioned"));
    let home = world.get(&format!("{CRM}/")).await;
    assert!(home.body.contains("<h1>CRM</h1>"));
    assert!(home.body.contains("Signed in as Sari Wulandari"));
    let value = world.cookie(CRM, "_crm_session").unwrap();
    assert!(
        world
            .recorder
            .canaries()
            .iter()
            .any(|canary| canary.kind == "crm_session" && canary.value == value)
    );
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn the_cookie_is_partitioned_where_the_switch_says_so() {
    let world = World::new(&[("partitioned-cookies", "yes"), ("crm-site", "cross")]);
    let callback = world.sign_in_at_crm("support-agent").await;
    assert!(callback.header("set-cookie").ends_with("; Partitioned"));
    assert_eq!(callback.header("location"), "https://crm.mekari.com/");
}

#[tokio::test]
async fn by_bearer_the_token_is_left_to_the_page() {
    let world = World::new(&[("embed-auth", "bearer")]);
    let page = world.sign_in_at_crm("support-agent").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("set-cookie"), "");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let token = page
        .body
        .split_once("data-token=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0;
    let form = format!("{API}/ticket_form?qontak_customer_id=123");
    assert_eq!(world.get(&form).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get_as(&form, token).await.status, StatusCode::OK);
    let home = world.get(&format!("{CRM}/")).await;
    assert!(home.body.contains("/assets/home.js"));
}

#[tokio::test]
async fn by_cookie_a_token_is_not_enough() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let form = format!("{API}/ticket_form?qontak_customer_id=123");
    assert_eq!(world.get_as(&form, &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_callback_that_was_not_asked_for_is_refused() {
    let world = World::new(&[]);
    let begin = world.get(&format!("{CRM}/login")).await;
    let state = begin.located("state").unwrap();
    let stranger = world
        .get(&format!("{CRM}/sso-callback?code=x&state=made-up"))
        .await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST);
    let bad_code = world
        .get(&format!("{CRM}/sso-callback?code=guess&state={state}"))
        .await;
    assert_eq!(bad_code.status, StatusCode::BAD_REQUEST);
    let again = world
        .get(&format!("{CRM}/sso-callback?code=guess&state={state}"))
        .await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    let begin = world.get(&format!("{CRM}/login")).await;
    let callback = format!(
        "{CRM}/sso-callback?code=x&state={}",
        begin.located("state").unwrap()
    );
    world
        .send(Method::GET, &callback, &[("cookie", "x=y")], Vec::new())
        .await;
    let reasons: Vec<_> = world
        .told("sign-in-refused")
        .iter()
        .map(|data| data["reason"].clone())
        .collect();
    assert_eq!(
        reasons,
        [
            "the state is not ours",
            "invalid_grant",
            "the state is not ours",
            "another browser began this sign-in"
        ]
    );
}

#[tokio::test]
async fn the_embed_may_be_framed_by_the_front_end_only() {
    let world = World::new(&[]);
    let page = world.get(&format!("{CRM}/embed/ticket/create")).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors https://customers.qontak.com"),
        "{policy}"
    );
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!page.body.contains("<script>"), "no script stands in the page");
    assert!(page.body.contains("content=\"https://customers.qontak.com\""));
    assert!(!page.body.contains("{{"), "{}", page.body);
}

#[rstest]
#[case("not-found", 404, "'none'")]
#[case("refuses-framing", 200, "'none'")]
#[case("legacy-contract-only", 200, "https://customers.qontak.com")]
#[tokio::test]
async fn the_embed_can_be_missing_refusing_or_old(
    #[case] page: &str,
    #[case] status: u16,
    #[case] ancestors: &str,
) {
    let world = World::new(&[]);
    world.direct("crm-embed", json!({"page": page}));
    let answer = world.get(&format!("{CRM}/embed/ticket/create")).await;
    assert_eq!(answer.status.as_u16(), status);
    assert!(
        answer
            .header("content-security-policy")
            .ends_with(&format!("frame-ancestors {ancestors}"))
    );
}

#[tokio::test]
async fn everything_the_pages_refer_to_is_served() {
    let world = World::new(&[]);
    let mut wanted = Vec::new();
    for path in [
        "/embed/ticket/create",
        "/embed/deals/create/?token=x&customer_id=123",
        "/",
    ] {
        let page = world.get(&format!("{CRM}{path}")).await;
        for attribute in ["src=\"", "href=\""] {
            wanted.extend(
                page.body
                    .split(attribute)
                    .skip(1)
                    .map(|rest| rest.split_once('"').unwrap().0.to_owned()),
            );
        }
    }
    wanted.retain(|path| path.starts_with("/assets/"));
    wanted.extend(
        [
            "/assets/home.js",
            "/assets/keep-token.js",
            "/assets/legacy/ticket.js",
        ]
        .map(str::to_owned),
    );
    let mut seen = std::collections::BTreeSet::new();
    while let Some(path) = wanted.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let asset = world.get(&format!("{CRM}{path}")).await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        let expected = if path.ends_with(".js") {
            "text/javascript; charset=utf-8"
        } else {
            "text/css; charset=utf-8"
        };
        assert_eq!(asset.header("content-type"), expected);
        for import in asset.body.split("from './").skip(1) {
            let (folder, _) = path.rsplit_once('/').unwrap();
            wanted.push(format!("{folder}/{}", import.split_once('\'').unwrap().0));
        }
    }
    assert!(seen.len() >= 14, "{seen:?}");
    assert!(world.unrouted().is_empty());
    assert_eq!(
        world.get(&format!("{CRM}/assets/ticket.html")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[rstest]
#[case("support-agent", "123", &["pl-support", "pl-returns"], &["order_number", "category", "due_on", "internal_note"])]
#[case("sales-agent", "901", &["pl-sales"], &["branch", "product"])]
#[tokio::test]
async fn pipelines_and_layout_are_those_of_the_customers_company(
    #[case] persona: &str,
    #[case] customer: &str,
    #[case] pipelines: &[&str],
    #[case] fields: &[&str],
) {
    let world = World::new(&[]);
    world.sign_in_at_crm(persona).await;
    let form = world
        .get(&format!("{API}/ticket_form?qontak_customer_id={customer}"))
        .await
        .json();
    let named = |list: &str, key: &str| -> Vec<String> {
        let list = form["data"][list].as_array().unwrap();
        list.iter()
            .map(|item| item[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(named("pipelines", "id"), pipelines);
    assert_eq!(named("layout", "key"), fields);
    assert_eq!(form["data"]["layout"][0]["required"], true);
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn another_companys_customer_has_no_form_and_gets_no_ticket() {
    let world = signed_in(&[]).await;
    let form = world
        .get(&format!("{API}/ticket_form?qontak_customer_id=901"))
        .await;
    assert_eq!(form.status, StatusCode::NOT_FOUND);
    let answer = create(&world, &ticket(json!({"contact": {"qontak_customer_id": "901"}}))).await;
    assert_eq!(answer.json()["error"]["code"], "contact_not_found");
}

#[tokio::test]
async fn directed_pipelines_and_fields_take_the_companys_place() {
    let world = signed_in(&[]).await;
    world.direct(
        "crm-embed",
        json!({
            "pipelines": [{"id": "p", "name": "P", "stages": [{"id": "s", "name": "S"}]}],
            "fields": [{"key": "k", "label": "K", "type": "select", "required": true, "options": ["one"]}],
        }),
    );
    let form = world
        .get(&format!("{API}/ticket_form?qontak_customer_id=123"))
        .await
        .json();
    assert_eq!(form["data"]["pipelines"][0]["stages"][0]["id"], "s");
    assert_eq!(
        form["data"]["layout"],
        json!([{"key": "k", "label": "K", "type": "select", "required": true, "options": ["one"]}])
    );
    world.direct("crm-embed", json!({"pipelines": null, "fields": null}));
    let form = world
        .get(&format!("{API}/ticket_form?qontak_customer_id=123"))
        .await
        .json();
    assert_eq!(form["data"]["pipelines"][0]["id"], "pl-support");
}

#[tokio::test]
async fn without_a_session_there_is_neither_form_nor_ticket() {
    let world = World::new(&[]);
    let form = world
        .get(&format!("{API}/ticket_form?qontak_customer_id=123"))
        .await;
    assert_eq!(form.status, StatusCode::UNAUTHORIZED);
    let answer = create(&world, &ticket(json!({}))).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        world.told("ticket-refused"),
        [json!({"status": 401, "code": "unauthorized"})]
    );
    world.sign_in_at_crm("support-agent").await;
    assert_eq!(
        create(&world, &ticket(json!({}))).await.status,
        StatusCode::CREATED
    );
    world.direct("crm-embed", json!({"end-sessions": true}));
    assert_eq!(
        create(&world, &ticket(json!({}))).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_ticket_is_created_and_listed_once_it_is_associated() {
    let world = signed_in(&[]).await;
    let answer = create(&world, &ticket(json!({}))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let created = answer.json()["data"].clone();
    let members: Vec<_> = created.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        members,
        [
            "channel_integration_room_id",
            "created_at",
            "data_source",
            "due_date",
            "id",
            "is_auto_associated",
            "name",
            "pipeline_id",
            "priority_id",
            "slug",
            "stage_id",
        ]
    );
    assert_eq!(created["slug"], "late-delivery-again");
    assert_eq!(created["is_auto_associated"], false);
    let token = world.token("support-agent").await;
    let id = created["id"].as_str().unwrap();
    let url = "https://crm-api.qontak.com/v1/tickets?qontak_customer_id=123";
    let before = world.get_as(url, &token).await.json();
    assert_eq!(before["meta"]["total"], 1);
    let authorization = format!("Bearer {token}");
    let associate = format!("https://crm-api.qontak.com/v1/leads/123/tickets/{id}");
    world
        .send(
            Method::POST,
            &associate,
            &[("authorization", &authorization)],
            Vec::new(),
        )
        .await;
    let after = world.get_as(url, &token).await.json();
    assert_eq!(after["data"][0]["id"], id);
    assert_eq!(after["data"][0]["data_source"], "embed-web-cdp");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case::switch(&[("auto-associate", "yes")], json!({}), true)]
#[case::direction(&[], json!({"auto-associate": "yes"}), true)]
#[case::direction_against_switch(&[("auto-associate", "yes")], json!({"auto-associate": "no"}), false)]
#[case::neither(&[], json!({"auto-associate": null}), false)]
#[tokio::test]
async fn association_may_come_by_itself(
    #[case] switches: &[(&str, &str)],
    #[case] direction: Value,
    #[case] expected: bool,
) {
    let world = signed_in(switches).await;
    world.direct("crm-embed", direction);
    let created = create(&world, &ticket(json!({}))).await.json();
    assert_eq!(created["data"]["is_auto_associated"], expected);
    let token = world.token("support-agent").await;
    let listed = world
        .get_as(
            "https://crm-api.qontak.com/v1/tickets?qontak_customer_id=123",
            &token,
        )
        .await
        .json();
    assert_eq!(listed["meta"]["total"], if expected { 2 } else { 1 });
}

#[rstest]
#[case::allowed(json!({"embed_source": "embed-web-cdp"}), "embed-web-cdp")]
#[case::chat(json!({"embed_source": "embed-web-chat"}), "embed-web-chat")]
#[case::unknown(json!({"embed_source": "embed-web-elsewhere"}), "embed-web-chat")]
#[case::other_case(json!({"embed_source": "EMBED-WEB-CDP"}), "embed-web-chat")]
#[case::client_says(json!({"embed_source": "embed-web-elsewhere", "data_source": "embed-web-cdp"}), "embed-web-chat")]
#[case::client_says_inside(json!({"ticket": {"data_source": "forged"}}), "embed-web-cdp")]
#[tokio::test]
async fn the_server_says_where_a_ticket_came_from(#[case] changes: Value, #[case] expected: &str) {
    let world = signed_in(&[]).await;
    let created = create(&world, &ticket(changes)).await.json();
    assert_eq!(created["data"]["data_source"], expected);
    assert_eq!(world.told("ticket-created")[0]["data_source"], expected);
}

#[tokio::test]
async fn a_source_that_the_server_was_not_told_of_is_coerced() {
    let world = signed_in(&[]).await;
    world.direct("crm-embed", json!({"allowed-sources": ["embed-web-chat"]}));
    let created = create(&world, &ticket(json!({}))).await.json();
    assert_eq!(created["data"]["data_source"], "embed-web-chat");
}

#[rstest]
#[case::no_title(json!({"ticket": {"name": "   "}}), "title_missing")]
#[case::unknown_pipeline(json!({"ticket": {"pipeline_id": "pl-sales"}}), "pipeline_unknown")]
#[case::stage_of_other_pipeline(json!({"ticket": {"stage_id": "st-received"}}), "stage_unknown")]
#[case::stage_without_pipeline(json!({"ticket": {"pipeline_id": null}}), "pipeline_missing")]
#[case::required_field_empty(json!({"ticket": {"fields": {"order_number": " "}}}), "field_missing")]
#[case::unknown_field(json!({"ticket": {"fields": {"branch": "Jakarta"}}}), "field_unknown")]
#[case::unknown_option(json!({"ticket": {"fields": {"category": "Weather"}}}), "option_unknown")]
#[tokio::test]
async fn a_ticket_that_makes_no_sense_is_refused(#[case] changes: Value, #[case] code: &str) {
    let world = signed_in(&[]).await;
    let answer = create(&world, &ticket(changes)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["error"]["code"], code);
    assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn the_plain_form_needs_a_title_only() {
    let world = signed_in(&[]).await;
    let body = json!({
        "ticket": {"name": "Plain", "description": null},
        "contact": {"qontak_customer_id": "123"},
        "embed": true,
        "embed_source": "embed-web-cdp",
    });
    let answer = create(&world, &body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["data"]["pipeline_id"], "pl-support");
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[rstest]
#[case::other_origin(&[("origin", "https://evil.example"), ("content-type", "application/json")])]
#[case::front_end(&[("origin", "https://customers.qontak.com"), ("content-type", "application/json")])]
#[case::opaque(&[("origin", "null"), ("content-type", "application/json")])]
#[case::simple_request(&[("content-type", "text/plain")])]
#[tokio::test]
async fn other_sites_cannot_create_tickets_with_the_users_cookie(#[case] headers: &[(&str, &str)]) {
    let world = signed_in(&[]).await;
    let body = ticket(json!({})).to_string().into_bytes();
    let answer = world
        .send(Method::POST, &format!("{API}/tickets"), headers, body)
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[rstest]
#[case(json!({"status": 500}), 500, json!({"code": "http_500"}))]
#[case(json!({"status": 422, "code": "quota", "message": "Too many tickets."}), 422, json!({"code": "quota", "message": "Too many tickets."}))]
#[tokio::test]
async fn creation_fails_as_directed(#[case] failure: Value, #[case] status: u16, #[case] error: Value) {
    let world = signed_in(&[]).await;
    world.direct("crm-embed", json!({"ticket-error": failure}));
    let answer = create(&world, &ticket(json!({}))).await;
    assert_eq!(answer.status.as_u16(), status);
    assert_eq!(answer.json()["error"], error);
    world.direct("crm-embed", json!({"ticket-error": null}));
    assert_eq!(
        create(&world, &ticket(json!({}))).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn the_page_learns_how_to_behave() {
    let world = World::new(&[]);
    let stage = world.get(&format!("{CRM}/embed/stage.json")).await.json();
    assert_eq!(
        stage,
        json!({
            "embedReady": "normal",
            "createdMessage": "once",
            "closeMessage": "normal",
            "embedSource": null,
            "dataSource": null,
            "resize": [],
            "measuredHeight": true,
        })
    );
    world.direct(
        "crm-embed",
        json!({"embed-ready": "on-unload", "created-message": "wrong-version", "resize": [500, -1, "NaN", null], "embed-source": "x"}),
    );
    let stage = world.get(&format!("{CRM}/embed/stage.json")).await.json();
    assert_eq!(stage["embedReady"], "on-unload");
    assert_eq!(stage["createdMessage"], "wrong-version");
    assert_eq!(stage["resize"], json!([500, -1, "NaN", null]));
    assert_eq!(stage["embedSource"], "x");
    assert!(mocks::Ensemble::is_private("crm-embed", "/embed/stage.json"));
    assert!(!mocks::Ensemble::is_private("crm-embed", "/embed/ticket/create"));
    assert!(world.violations().is_empty());
}

#[tokio::test]
async fn a_page_that_waits_goes_on_when_it_is_released() {
    let world = std::sync::Arc::new(World::new(&[]));
    world.direct("crm-embed", json!({"embed-ready": "late"}));
    let waiting = {
        let world = std::sync::Arc::clone(&world);
        tokio::spawn(async move {
            world
                .get(&format!("{CRM}/embed/stage.json?wait=embed-ready"))
                .await
        })
    };
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    world.direct("crm-embed", json!({"release": ["created-message"]}));
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished(), "another hold was released");
    world.direct("crm-embed", json!({"release": ["embed-ready"]}));
    assert_eq!(waiting.await.unwrap().json()["embedReady"], "late");
    let later = world
        .get(&format!("{CRM}/embed/stage.json?wait=embed-ready"))
        .await;
    assert_eq!(later.status, StatusCode::OK, "a release lasts");
}

#[tokio::test]
async fn the_legacy_deal_embed_takes_the_token_from_its_address() {
    let world = World::new(&[]);
    let token = world.token("support-agent").await;
    let page = world
        .get(&format!(
            "{CRM}/embed/deals/create/?token={token}&customer_id=123"
        ))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(!page.body.contains(&token));
    let authorization = format!("Bearer {token}");
    let body = json!({"name": "Bulk order July", "customer_id": "123"});
    let answer = world
        .post_json(
            &format!("{API}/deals"),
            &[("authorization", &authorization)],
            &body,
        )
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let deals = world
        .get_as(
            "https://crm-api.qontak.com/v1/deals?qontak_customer_id=123",
            &token,
        )
        .await
        .json();
    assert_eq!(deals["meta"]["total"], 3);
    let refused = world.post_json(&format!("{API}/deals"), &[], &body).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}
