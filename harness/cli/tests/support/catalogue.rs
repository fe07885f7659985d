//! A catalogue of a test's own.

use std::fs;
use std::path::{Path, PathBuf};

use super::checkout;

/// A requirement list with `DEMO-01` and `DEMO-02`.
pub(crate) const RULES: &str = "\
area: demo
finished: false
requirements:
  - { id: DEMO-01, title: It works, owner: front-end }
  - { id: DEMO-02, title: It works twice, owner: mock }
";

/// Writes a file, with the folders above it.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a folder above it")).expect("a folder");
    fs::write(path, content).expect("a file");
}

/// A catalogue in a folder: the project's preludes, the demo requirements, and scenarios as `area/name`.
pub(crate) fn lay_out(folder: &Path, scenarios: &[(&str, &str)]) -> PathBuf {
    let root = folder.join("scenarios");
    write(&root.join("requirements/demo.yaml"), RULES);
    let preludes = checkout().join("scenarios/preludes");
    for entry in fs::read_dir(preludes).expect("preludes").flatten() {
        let text = fs::read(entry.path()).expect("a prelude");
        write(&root.join("preludes").join(entry.file_name()), text);
    }
    for (id, text) in scenarios {
        write(&root.join(format!("catalogue/{id}.yaml")), text);
    }
    root
}

/// A scenario on a page without any origin of the product, one stub and one heading, by title and the steps after opening it.
macro_rules! partner {
    ($title:literal, $steps:literal) => {
        concat!(
            "title: ",
            $title,
            "\ncovers: [DEMO-01]\nworld: customer-detail\nstubs:\n  - origin: \"https://partner.example\"\n    routes:\n",
            "      - { path: /, headers: { content-type: text/html }, ",
            "body: \"<!doctype html><title>Partner</title><h1>Partner</h1>\" }\n",
            "steps:\n  - open: \"https://partner.example/\"\n",
            $steps
        )
    };
}
#[allow(unused_imports, reason = "every test program uses a part of it")]
pub(crate) use partner;

/// The quickest scenario there can be.
pub(crate) const QUICK: &str = partner!(
    "A page is there",
    "  - expect:\n      - page: { element: { role: heading, name: Partner } }\n"
);

/// The same, except that the page takes its time: long enough to be met in the middle of it.
pub(crate) const SLOW: &str = "\
title: A page is there after a while
covers: [DEMO-01]
world: customer-detail
stubs:
  - origin: \"https://partner.example\"
    routes:
      - { path: /, headers: { content-type: text/html }, body: \"<!doctype html><title>Partner</title><h1>Partner</h1>\" }
faults:
  - { origin: \"https://partner.example\", path: /, delay: 2500ms }
steps:
  - open: \"https://partner.example/\"
  - expect:
      - page: { element: { role: heading, name: Partner } }
";
