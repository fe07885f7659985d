//! Token exchange: who may act for whom, and what the token says of it.

use crate::sso_party::{OPERATOR, PORTAL, Party, SPA, claims, world};
use crate::support::World;
use http::StatusCode;
use serde_json::{Value, json};

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";

async fn exchange(world: &World, party: &Party, changes: &[(&str, &str)]) -> crate::support::Answer {
    let mut fields = vec![
        ("grant_type", EXCHANGE),
        ("subject_token_type", ACCESS),
        ("actor_token_type", ACCESS),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    party.post(world, "/token", &fields).await
}

#[tokio::test]
async fn an_operator_acts_for_a_user_and_the_token_says_so() {
    let world = world();
    let subject = PORTAL.tokens(&world, "tenant-user").await;
    world.direct("sso", json!({"end-sessions": true}));
    let actor = OPERATOR.tokens(&world, "platform-admin").await;
    let (subject, actor) = (text(&subject, "access_token"), text(&actor, "access_token"));
    let both = [("subject_token", subject), ("actor_token", actor)];
    let answer = exchange(
        &world,
        &OPERATOR,
        &[both[0], both[1], ("audience", "dezky-portal")],
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let given = answer.json();
    assert_eq!(given["issued_token_type"], ACCESS);
    assert_eq!(given["refresh_token"], Value::Null);
    let said = claims(&given["access_token"]);
    assert_eq!(said["aud"], json!(["dezky-portal"]));
    assert_eq!(
        said["sub"],
        fixtures::persona("tenant-user").unwrap().sso_id.as_str()
    );
    let acting = fixtures::persona("platform-admin").unwrap();
    assert_eq!(said["act"]["sub"], acting.sso_id.as_str());
    assert_eq!(said["client_id"], OPERATOR.id);
    assert!(!said["scope"].as_str().unwrap().contains("offline_access"));
    assert_eq!(world.told("token-exchanged")[0]["actor"], "platform-admin");

    // Handed on, the first actor stays inside.
    let chained = [("subject_token", text(&given, "access_token")), both[1]];
    let again = exchange(&world, &OPERATOR, &chained).await.json();
    assert_eq!(
        claims(&again["access_token"])["act"]["act"]["sub"],
        acting.sso_id.as_str()
    );
    assert!(world.violations().is_empty(), "{:?}", world.violations());
}

#[tokio::test]
async fn an_empty_audience_counts_as_left_out() {
    let world = world();
    let actor = OPERATOR.tokens(&world, "platform-admin").await;
    let token = text(&actor, "access_token");
    let empty = [
        ("subject_token", token),
        ("actor_token", token),
        ("audience", ""),
        ("resource", ""),
    ];
    let given = exchange(&world, &OPERATOR, &empty).await.json();
    assert_eq!(
        claims(&given["access_token"])["aud"],
        json!(["dezky-portal", "platform-api"])
    );
}

/// The token goes by either name (RFC 8693, §2.2.1, `issued_token_type`).
#[tokio::test]
async fn the_answer_names_the_kind_of_token_that_was_asked_for() {
    let world = world();
    let actor = OPERATOR.tokens(&world, "platform-admin").await;
    let token = text(&actor, "access_token");
    let jwt = "urn:ietf:params:oauth:token-type:jwt";
    for (asked, issued) in [("", ACCESS), (ACCESS, ACCESS), (jwt, jwt)] {
        let fields = [
            ("subject_token", token),
            ("actor_token", token),
            ("requested_token_type", asked),
        ];
        let given = exchange(&world, &OPERATOR, &fields).await.json();
        assert_eq!(given["issued_token_type"], issued);
    }
}

#[tokio::test]
async fn spaces_of_a_scope_mean_nothing_and_one_without_words_is_left_out() {
    let world = world();
    let actor = OPERATOR.tokens(&world, "platform-admin").await;
    let token = text(&actor, "access_token");
    let with_scope = async |scope: &str| {
        let fields = [("subject_token", token), ("actor_token", token), ("scope", scope)];
        exchange(&world, &OPERATOR, &fields).await.json()
    };
    for (asked, given) in [
        ("  openid   email ", "openid email"),
        ("   ", "openid profile email groups"),
        ("openid offline_access", "openid"),
    ] {
        assert_eq!(with_scope(asked).await["scope"], given);
    }
    assert_eq!(with_scope("offline_access").await["error"], "invalid_scope");
}

/// Who asks, with what changed, and the error and the reason that come back.
type Case<'a> = (&'a Party, &'a [(&'a str, &'a str)], &'a str, &'a str);

#[tokio::test]
async fn an_exchange_is_refused_with_its_reason() {
    let world = world();
    let subject = PORTAL.tokens(&world, "tenant-user").await;
    let subject = text(&subject, "access_token");
    let cases: &[Case<'_>] = &[
        (
            &OPERATOR,
            &[("actor_token", subject)],
            "invalid_request",
            "not for the audience dezky-operator",
        ),
        (
            &OPERATOR,
            &[("actor_token", "guess")],
            "invalid_request",
            "the actor token is refused",
        ),
        (
            &OPERATOR,
            &[("subject_token", "guess")],
            "invalid_request",
            "the subject token is refused",
        ),
        (
            &OPERATOR,
            &[("subject_token_type", "urn:x")],
            "invalid_request",
            "subject_token_type must be",
        ),
        (
            &OPERATOR,
            &[("requested_token_type", "urn:x")],
            "invalid_request",
            "requested_token_type must be",
        ),
        (&OPERATOR, &[], "invalid_request", "actor_token is missing"),
        (
            &SPA,
            &[("actor_token", subject)],
            "unauthorized_client",
            "not registered for token exchange",
        ),
    ];
    for (party, changes, error, reason) in cases {
        let mut all = vec![("subject_token", subject)];
        all.extend(*changes);
        let answer = exchange(&world, party, &all).await;
        assert_eq!(answer.json()["error"], *error, "{}", answer.body);
        let said = answer.json()["error_description"].to_string();
        assert!(said.contains(reason), "{said}");
    }
    world.direct("sso", json!({"end-sessions": true}));
    let actor = OPERATOR.tokens(&world, "platform-admin").await;
    let both = [
        ("subject_token", subject),
        ("actor_token", text(&actor, "access_token")),
    ];
    let foreign = exchange(&world, &OPERATOR, &[both[0], both[1], ("audience", "crm-api")]).await;
    assert_eq!(foreign.json()["error"], "invalid_target");
    let wider = exchange(&world, &OPERATOR, &[both[0], both[1], ("scope", "admin")]).await;
    assert_eq!(wider.json()["error"], "invalid_scope");
}

#[tokio::test]
async fn a_token_that_is_over_by_a_wrong_clock_counts_for_no_time_and_not_for_less() {
    let world = world();
    let subject = PORTAL.tokens(&world, "tenant-user").await;
    world.direct("sso", json!({"end-sessions": true}));
    let actor = OPERATOR.tokens(&world, "platform-admin").await;
    world.direct("sso", json!({"clock-skew": 86_400}));
    let both = [
        ("subject_token", text(&subject, "access_token")),
        ("actor_token", text(&actor, "access_token")),
    ];
    let given = exchange(&world, &OPERATOR, &both).await.json();
    assert_eq!(given["expires_in"], 0);
}

#[tokio::test]
async fn a_token_of_another_provider_stands_for_nobody() {
    let world = world();
    let foreign = world.token("support-agent").await;
    let own = OPERATOR.tokens(&world, "platform-admin").await;
    let own = text(&own, "access_token");
    for (subject, actor, which) in [
        (foreign.as_str(), own, "subject"),
        (own, foreign.as_str(), "actor"),
    ] {
        let both = [("subject_token", subject), ("actor_token", actor)];
        let answer = exchange(&world, &OPERATOR, &both).await;
        assert_eq!(
            answer.json(),
            json!({
                "error": "invalid_request",
                "error_description": format!("the {which} token is refused: the token is from another provider"),
            })
        );
    }
}
