//! What the language says of faults and stubs is what the gateway reads.
//!
//! The gateway lies in the room `world`, which this room must not import; its source says which keys it knows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use scenarios::SchemaKind;

/// A file of the room `world`, before its tests.
fn source(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../harness/world/src")
        .join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

/// What stands between two texts.
fn between<'text>(text: &'text str, begin: &str, end: &str) -> &'text str {
    let after = text.split_once(begin).unwrap_or_else(|| panic!("no `{begin}`")).1;
    after.split_once(end).unwrap_or_else(|| panic!("no `{end}`")).0
}

/// Texts in a list of Rust, `"a", "b"`.
fn texts(list: &str) -> BTreeSet<String> {
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Fields of a struct of Rust, as YAML spells them.
fn fields(body: &str) -> BTreeSet<String> {
    body.lines()
        .map(|line| line.trim().trim_start_matches("pub "))
        .filter(|line| !line.starts_with(['#', '/']))
        .filter_map(|line| line.split_once(": "))
        .map(|(name, _)| name.replace('_', "-"))
        .collect()
}

/// Keys that the scenario's schema admits in a value of the type.
fn admitted(name: &str) -> BTreeSet<String> {
    let schema = scenarios::schema(SchemaKind::Scenario);
    let fields = &schema["$defs"][name]["anyOf"][0];
    assert_eq!(fields["additionalProperties"], false, "`{name}` admits anything");
    let properties = fields["properties"].as_object().expect("fields");
    properties.keys().cloned().collect()
}

#[test]
fn the_keys_of_a_fault_are_those_that_the_gateway_reads() {
    let source = source("fault/spelling.rs");
    let mut read = texts(between(&source, "const PLACE_KEYS", "];"));
    read.extend(texts(between(&source, "const EFFECT_KEYS", "];")));
    assert_eq!(admitted("Fault"), read);
}

#[test]
fn the_keys_of_a_stub_are_those_that_the_gateway_reads() {
    let source = source("plan/stub.rs");
    assert_eq!(
        admitted("Stub"),
        fields(between(&source, "pub struct Stub {", "\n}"))
    );
    assert_eq!(
        admitted("StubRoute"),
        fields(between(&source, "struct Spelling {", "\n}"))
    );
}

#[test]
fn the_schema_knows_a_right_fault_from_a_wrong_one() {
    let validator = jsonschema::validator_for(&scenarios::schema(SchemaKind::Scenario)).expect("a schema");
    let scenario = |fault: &serde_json::Value| {
        serde_json::json!({
            "title": "x", "covers": ["X"], "world": "x", "faults": [fault], "steps": [{ "fault": fault }]
        })
    };
    for right in [
        serde_json::json!({ "origin": "crm-api", "route": "POST /v1/leads/*/tickets/*", "nth": 1, "status": 500 }),
        serde_json::json!({ "nth": "2-4", "times": 2, "delay": "2s" }),
        serde_json::json!({ "delay": 300 }),
        serde_json::json!({ "status": 422, "body": { "error": "no" }, "headers": { "retry-after": "1" } }),
        serde_json::json!({ "set-header": { "vary": "*" } }),
        serde_json::json!({ "effect": "${failure.effect}" }),
        serde_json::json!({ "effect": { "status": 401 } }),
        serde_json::json!({ "status": "${status}", "times": "${times}" }),
        serde_json::json!("${fault}"),
    ] {
        assert!(validator.is_valid(&scenario(&right)), "{right}");
    }
    for wrong in [
        serde_json::json!("hang"),
        serde_json::json!({ "origin": "crm" }),
        serde_json::json!({ "statuss": 500 }),
        serde_json::json!({ "status": 99 }),
        serde_json::json!({ "status": 500, "hang": true }),
        serde_json::json!({ "hang": false }),
    ] {
        assert!(!validator.is_valid(&scenario(&wrong)), "{wrong}");
    }
}
