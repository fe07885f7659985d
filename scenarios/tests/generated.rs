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
