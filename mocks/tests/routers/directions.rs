//! Stage directions: what is understood, what is refused, and how that is said.

use crate::support::World;
use mocks::Ensemble;
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case("crm-embd", json!({}), "crm-embd: there is no such mock to direct; did you mean `crm-embed`?")]
#[case("crm-embed", json!({"embed-redy": "twice"}), "crm-embed: unknown field `embed-redy`, expected one of")]
#[case("crm-embed", json!({"embed-ready": "withold"}), "crm-embed: embed-ready: unknown variant `withold`")]
#[case("crm-embed", json!({"ticket-error": {"status": "500"}}), "crm-embed: ticket-error.status: invalid type")]
#[case("crm-embed", json!({"ticket-error": {"code": "x"}}), "crm-embed: ticket-error: missing field `status`")]
#[case("crm-embed", json!({"fields": [{"key": "k", "label": "K", "type": "txt"}]}), "crm-embed: fields[0].type: unknown variant `txt`")]
#[case("customer-360", json!({"flags": {"x": "onn"}}), "customer-360: flags.x: unknown variant `onn`")]
#[case("mixpanel", json!({"slow": true}), "mixpanel: unknown field `slow`")]
#[case("sso", json!("late"), "sso: invalid type: string")]
fn a_mistake_is_said_with_its_place(#[case] mock: &str, #[case] direction: Value, #[case] expected: &str) {
    let world = World::new(&[]);
    let error = world.ensemble.direct(mock, &direction).unwrap_err();
    assert!(error.to_string().starts_with(expected), "{error}");
    assert_eq!(Ensemble::check_direction(mock, &direction), Err(error));
}

#[rstest]
#[case("crm-embed", json!({"embed-redy": "twice"}), "embed-ready")]
#[case("crm-embed", json!({"embed-ready": "withold"}), "withheld")]
#[case("customer-360", json!({"flag-service": "fialing"}), "failing")]
#[case("crm-embed", json!({"release": ["embed-redy"]}), "embed-ready")]
fn a_mistake_is_said_with_what_was_meant(#[case] mock: &str, #[case] direction: Value, #[case] meant: &str) {
    let error = Ensemble::check_direction(mock, &direction).unwrap_err();
    assert_eq!(error.suggestion.as_deref(), Some(meant));
    assert!(
        error.to_string().ends_with(&format!("did you mean `{meant}`?")),
        "{error}"
    );
}

#[test]
fn a_direction_that_is_refused_changes_nothing() {
    let world = World::new(&[]);
    let before = world.ensemble.state("crm-embed");
    world
        .ensemble
        .direct("crm-embed", &json!({"embed-ready": "twice", "page": "lost"}))
        .unwrap_err();
    assert_eq!(world.ensemble.state("crm-embed"), before);
}

#[test]
fn what_a_direction_leaves_out_stays() {
    let world = World::new(&[]);
    world.direct("crm-embed", json!({"embed-ready": "twice"}));
    world.direct("crm-embed", json!({"page": "not-found"}));
    world.direct("crm-embed", Value::Null);
    let stage = world.ensemble.state("crm-embed")["stage"].clone();
    assert_eq!(stage["embed-ready"], "twice");
    assert_eq!(stage["page"], "not-found");
}

#[test]
fn the_schema_agrees_with_what_is_understood() {
    let schema = Ensemble::directions_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in Ensemble::names() {
        assert!(schema["properties"][name].is_object(), "{name}");
    }
    for (stage, valid) in [
        (
            json!({"crm-embed": {"embed-ready": "late", "release": ["embed-ready"], "ticket-error": null}}),
            true,
        ),
        (
            json!({"crm-embed": {"ticket-error": {"status": 429, "message": "slow down"}}}),
            true,
        ),
        (json!({"crm-embed": {"embed-ready": "later"}}), false),
        (json!({"crm-embed": {"embedReady": "late"}}), false),
        (
            json!({"customer-360": {"flags": {"cdp_create_ticket_embed": "off"}, "customers": {"123": null}}}),
            true,
        ),
        (json!({"customer-360": {"permissions": "none"}}), true),
        (json!({"sso": {"access-token-lifetime": -1}}), false),
        (
            json!({"crm-api": {"tickets": {"t-1": {"status": "Closed"}}}}),
            true,
        ),
        (
            json!({"runtime-config": {"set": {"EMBED_READY_TIMEOUT_MS": 50}}}),
            true,
        ),
        (json!({"datadog": {"slow": true}}), false),
        (json!({"crm": {}}), false),
    ] {
        assert_eq!(validator.is_valid(&stage), valid, "{stage}");
        let understood = stage
            .as_object()
            .unwrap()
            .iter()
            .all(|(mock, direction)| Ensemble::check_direction(mock, direction).is_ok());
        assert_eq!(understood, valid, "{stage}");
    }
}

#[test]
fn every_mock_has_a_router_and_a_state_in_some_world() {
    let worlds: Vec<World> = fixtures::world_names()
        .unwrap()
        .iter()
        .map(|name| World::of(name, &[]))
        .collect();
    for name in Ensemble::names() {
        let world = worlds.iter().find(|world| world.ensemble.router(name).is_some());
        let world = world.unwrap_or_else(|| panic!("{name} plays in no world"));
        assert!(world.ensemble.state(name).is_object(), "{name}");
    }
    assert!(worlds[0].ensemble.router("nobody").is_none());
    assert!(worlds[0].ensemble.state("nobody").is_null());
}

#[test]
fn a_world_has_only_the_mocks_whose_origins_it_has() {
    let recorder = journal::Recorder::in_memory(journal::Clock::new(), 1);
    let ensemble = Ensemble::new(mocks::Setting {
        recorder,
        origins: [("sso".to_owned(), "https://account.mekari.com".to_owned())].into(),
        switches: std::collections::BTreeMap::new(),
        seed: Some(1),
    })
    .unwrap();
    assert!(ensemble.router("sso").is_some());
    assert!(ensemble.router("crm-embed").is_none());
    assert!(ensemble.overlay("customer-detail").is_none());
    let error = ensemble
        .direct("crm-embed", &json!({"page": "not-found"}))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "crm-embed: this world has not that mock, because it has no origin called `crm`"
    );
}

#[test]
fn every_mock_that_a_world_names_plays_in_it() {
    for name in fixtures::world_names().unwrap() {
        let world = World::of(&name, &[]);
        for (origin, spec) in &world.spec.origins {
            if let fixtures::Serve::Mock(mock) = &spec.serve {
                assert!(
                    world.ensemble.router(mock).is_some(),
                    "{origin} of {name}: {mock}"
                );
            }
            if !spec.overlays.is_empty() {
                assert!(world.ensemble.overlay(origin).is_some(), "{origin} of {name}");
            }
        }
    }
}

#[test]
fn the_reference_pages_name_every_direction() {
    let pages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference");
    let page: String = fixtures::world_names()
        .unwrap()
        .iter()
        .map(|world| match world.as_str() {
            "customer-detail" => pages.join("ticket-world.md"),
            "single-sign-on" => pages.join("single-sign-on.md"),
            other => pages.join(format!("{other}-world.md")),
        })
        .map(|path| std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}")))
        .collect();
    let schema = Ensemble::directions_schema();
    for (mock, direction) in schema["properties"].as_object().unwrap() {
        assert!(page.contains(&format!("`{mock}`")), "{mock}");
        for (name, part) in direction["properties"].as_object().into_iter().flatten() {
            assert!(page.contains(&format!("`{name}`")), "{mock}: {name}");
            assert!(
                !part["description"].as_str().unwrap_or_default().is_empty(),
                "{mock}: {name} says nothing"
            );
        }
    }
    for definition in schema["$defs"].as_object().unwrap().values() {
        let values = definition["oneOf"].as_array().into_iter().flatten();
        for value in values.filter_map(|value| value["const"].as_str()) {
            assert!(page.contains(&format!("`{value}`")), "{value}");
        }
    }
}
