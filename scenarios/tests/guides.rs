//! What the guides show as YAML is right: a reader copies it.

use std::fs;
use std::path::Path;

use scenarios::{Catalogue, SchemaKind};

/// A block of YAML in a guide.
struct Example {
    /// Where it would lie in the catalogue.
    path: String,
    /// The file it makes.
    text: String,
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The examples of a page, each at the path that the prose before it gives in backticks, if it gives one.
fn examples(page: &str, text: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut parts = text.split("```");
    while let (Some(prose), Some(block)) = (parts.next(), parts.next()) {
        let Some(yaml) = block.strip_prefix("yaml\n") else {
            continue;
        };
        let number = examples.len();
        let named = prose
            .split('`')
            .filter_map(|word| word.strip_prefix("scenarios/"))
            .rfind(|path| path.ends_with(".yaml") && !path.contains('<'));
        let (path, text) = if yaml.starts_with("- ") {
            (
                None,
                format!(
                    "title: Some steps\ncovers: [TCKT-16]\nworld: customer-detail\npersona: support-agent\nsteps:\n{yaml}"
                ),
            )
        } else {
            (named, yaml.to_owned())
        };
        examples.push(Example {
            path: path.map_or_else(|| format!("catalogue/guide/{page}-{number}.yaml"), str::to_owned),
            text,
        });
    }
    examples
}

fn all_examples() -> Vec<Example> {
    let mut all = Vec::new();
    for page in ["guide-qa", "guide-own-build", "reference/scenario-language"] {
        let path = folder().join("../docs").join(format!("{page}.md"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        all.extend(examples(&page.replace('/', "-"), &text));
    }
    all
}

/// What stands flat in a folder of the catalogue, copied.
fn copy(name: &str, to: &Path) {
    fs::create_dir_all(to.join(name)).expect("a folder");
    for entry in fs::read_dir(folder().join(name)).expect("a folder").flatten() {
        fs::copy(entry.path(), to.join(name).join(entry.file_name())).expect("a file");
    }
}

#[test]
fn examples_of_the_guides_can_be_played() {
    let examples = all_examples();
    assert!(examples.len() >= 5, "only {} examples were found", examples.len());
    let root = tempfile::tempdir().expect("a folder");
    for name in ["preludes", "requirements"] {
        copy(name, root.path());
    }
    for example in &examples {
        let path = root.path().join(&example.path);
        assert!(!path.exists(), "two examples are `{}`", example.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, &example.text).expect("a file");
    }
    let catalogue = Catalogue::load(root.path()).unwrap_or_else(|problems| {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n\n"));
    });
    for case in catalogue.cases() {
        // What names mean is the runner's concern.
        let play = case.instantiate(&|name| Some(format!("value-of-{name}")), &[]);
        play.unwrap_or_else(|problems| panic!("{}", problems[0]));
    }
    assert!(!catalogue.sabotages().is_empty(), "the guide shows a sabotage");
}

#[test]
fn examples_of_the_guides_satisfy_their_schemas() {
    for example in all_examples() {
        let kind = match example.path.split('/').next() {
            Some("catalogue") => SchemaKind::Scenario,
            Some("sabotage") => SchemaKind::Sabotage,
            _ => panic!("`{}` is no place for an example", example.path),
        };
        let validator = jsonschema::validator_for(&scenarios::schema(kind)).expect("a schema");
        let value: serde_json::Value = serde_saphyr::from_str(&example.text).expect("YAML");
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {}", example.path, errors.join("\n"));
    }
}
