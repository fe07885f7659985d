//! What is generated from the types is checked in, and current. `UPDATE_SCHEMA=1 cargo test -p scenarios` writes it anew.

use std::fs;
use std::path::{Path, PathBuf};

use scenarios::SchemaKind;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn is_current(path: &Path, generated: &str) {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, generated).expect("the file can be written");
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == generated,
        "`{}` is out of date: run `UPDATE_SCHEMA=1 cargo test -p scenarios`",
        path.display()
    );
}

fn schema_file(kind: SchemaKind) -> PathBuf {
    folder().join("schema").join(format!("{}.json", kind.name()))
}

#[test]
fn schemas_are_current() {
    for kind in SchemaKind::ALL {
        let text = serde_json::to_string_pretty(&scenarios::schema(kind)).expect("a schema is JSON");
        is_current(&schema_file(kind), &(text + "\n"));
    }
}

#[test]
fn the_reference_is_current() {
    let path = folder().join("../docs/reference/scenario-language.md");
    is_current(&path, &scenarios::reference());
}

#[test]
fn links_into_the_reference_lead_somewhere() {
    let page = scenarios::reference();
    let mut headings: Vec<String> = Vec::new();
    for line in page.lines().filter(|line| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let anchor: String = heading
            .chars()
            .filter(|character| character.is_alphanumeric() || " -".contains(*character))
            .map(|character| if character == ' ' { '-' } else { character })
            .collect();
        // GitHub numbers headings that come again.
        let before = headings.iter().filter(|known| **known == anchor).count();
        headings.push(match before {
            0 => anchor,
            again => format!("{anchor}-{again}"),
        });
    }
    let mut links: Vec<String> = page.split("](#").skip(1).map(str::to_owned).collect();
    for entry in fs::read_dir(folder().join("../docs"))
        .expect("the guides")
        .flatten()
    {
        let guide = fs::read_to_string(entry.path()).unwrap_or_default();
        links.extend(guide.split("/scenario-language.md#").skip(1).map(str::to_owned));
    }
    for link in links {
        let anchor = link.split(')').next().unwrap_or_default();
        assert!(
            headings.iter().any(|known| known == anchor),
            "no heading for `#{anchor}`"
        );
    }
}

#[test]
fn the_reference_names_no_type_that_it_does_not_define() {
    let schema = scenarios::schema(SchemaKind::Scenario);
    let page = scenarios::reference();
    for name in schema["$defs"].as_object().expect("definitions").keys() {
        for bare in [
            format!("| {name} |"),
            format!("| {name},"),
            format!("of {name} |"),
            format!("({name})"),
            format!("Takes: {name}."),
        ] {
            assert!(
                !page.contains(&bare),
                "`{bare}`: the type has no section of its own"
            );
        }
    }
}

/// Every real file below a folder satisfies the schema of its kind.
fn satisfies(folder: &Path, kind: SchemaKind) -> usize {
    let validator = jsonschema::validator_for(&scenarios::schema(kind)).expect("a schema");
    let mut count = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            count += satisfies(&path, kind);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&path).expect("a file");
            let value: serde_json::Value = serde_saphyr::from_str(&text).expect("YAML");
            let errors: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{}: {}", path.display(), errors.join("\n"));
            count += 1;
        }
    }
    count
}

#[test]
fn the_real_files_satisfy_their_schemas() {
    let root = folder();
    assert!(satisfies(&root.join("catalogue"), SchemaKind::Scenario) > 0);
    assert!(satisfies(&root.join("preludes"), SchemaKind::Prelude) > 0);
    assert!(satisfies(&root.join("requirements"), SchemaKind::Requirements) > 0);
    satisfies(&root.join("sabotage"), SchemaKind::Sabotage);
}

#[test]
fn schemas_refuse_what_the_loader_refuses() {
    let validator = jsonschema::validator_for(&scenarios::schema(SchemaKind::Scenario)).expect("a schema");
    let scenario = |steps: serde_json::Value| serde_json::json!({ "title": "x", "covers": ["X"], "world": "x", "steps": steps });
    let right = serde_json::json!([
        "reload",
        { "click": { "role": "button", "name": "Add" } },
        { "press": { "key": "Tab", "times": "${n}" } },
        { "expect": [{ "request": { "count": { "at-least": 1 } } }, { "request": { "count": "${n}" } }] }
    ]);
    assert!(validator.is_valid(&scenario(right)));
    for wrong in [
        serde_json::json!({ "clik": { "role": "button" } }),
        serde_json::json!({ "click": { "name": "Add" } }),
        serde_json::json!({ "click": { "role": "button", "text": "Add" } }),
        serde_json::json!({ "press": { "key": "Tab", "times": "often" } }),
        serde_json::json!({ "expect": [{ "request": { "too": "crm" } }] }),
        serde_json::json!("open"),
    ] {
        assert!(
            !validator.is_valid(&scenario(serde_json::json!([wrong.clone()]))),
            "{wrong}"
        );
    }
}
