//! The rooms of the workspace: who may import whom, and what every room has.
//!
//! The table is the truth. An edge that is not in it fails, a row that no crate uses any longer fails, and so does a
//! crate that the table does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Importer, and what its code (or its build script) may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("journal", &[]),
    ("fixtures", &[]),
    ("scenarios", &[]),
    ("setup", &[]),
    ("mocks", &["journal", "fixtures"]),
    ("verdict", &["journal", "scenarios"]),
    ("world", &["journal", "fixtures", "mocks"]),
    ("browser", &["journal"]),
    (
        "runner",
        &["journal", "fixtures", "scenarios", "verdict", "world", "browser"],
    ),
    ("reports", &["journal"]),
    (
        "rehearse",
        &[
            "journal",
            "fixtures",
            "scenarios",
            "setup",
            "mocks",
            "verdict",
            "world",
            "browser",
            "runner",
            "reports",
        ],
    ),
    ("xtask", &["setup"]),
];

/// What only the tests, benches and examples of a room import, beyond the rooms that lie below it anyway. Whatever a
/// room's code reaches by [`ROOMS`], directly or through others, its tests may import without a row here: that is the
/// ground it stands on. A room beside or above it needs a row, so that the exception is seen.
const ONLY_IN_TESTS: &[(&str, &[&str])] = &[];

type Edges = BTreeMap<String, BTreeSet<String>>;

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo can read the workspace")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies one folder deep")
        .to_path_buf()
}

fn table(rows: &[(&str, &[&str])]) -> Edges {
    rows.iter()
        .map(|(from, to)| ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect()))
        .collect()
}

/// The edges between members of the workspace whose kind is one of `kinds`.
fn edges(members: &[Package], kinds: &[DependencyKind]) -> Edges {
    let names: BTreeSet<&str> = members.iter().map(|package| package.name.as_str()).collect();
    members
        .iter()
        .map(|package| {
            let ours = package.dependencies.iter().filter(|dependency| {
                dependency.path.is_some()
                    && names.contains(dependency.name.as_str())
                    && kinds.contains(&dependency.kind)
                    && dependency.name != package.name.as_str()
            });
            (
                package.name.to_string(),
                ours.map(|dependency| dependency.name.clone()).collect(),
            )
        })
        .collect()
}

/// All that a room reaches in the table, directly or through others.
fn reached(room: &str, table: &Edges) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = vec![room];
    while let Some(room) = next.pop() {
        for to in table.get(room).into_iter().flatten() {
            if reached.insert(to.clone()) {
                next.push(to);
            }
        }
    }
    reached
}

/// The edges of `left` that `right` does not have, one to a line.
fn beyond(left: &Edges, right: impl Fn(&str) -> BTreeSet<String>) -> Vec<String> {
    left.iter()
        .flat_map(|(from, to)| {
            let known = right(from);
            to.iter()
                .filter(move |to| !known.contains(*to))
                .map(move |to| format!("{from} -> {to}"))
        })
        .collect()
}

#[test]
fn the_table_knows_every_room() {
    let members: BTreeSet<String> = metadata()
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let table: BTreeSet<String> = table(ROOMS).into_keys().collect();
    assert_eq!(
        members,
        table,
        "left: the workspace, right: the table in {}",
        file!()
    );
}

#[test]
fn a_room_imports_only_what_the_table_allows() {
    let real = edges(
        &metadata().packages,
        &[DependencyKind::Normal, DependencyKind::Build],
    );
    let table = table(ROOMS);
    let alien = beyond(&real, |room| table.get(room).cloned().unwrap_or_default());
    assert!(
        alien.is_empty(),
        "not in the table of {}; import less, or argue for a row: {alien:#?}",
        file!()
    );
}

#[test]
fn the_table_has_no_row_that_no_room_uses() {
    let real = edges(
        &metadata().packages,
        &[DependencyKind::Normal, DependencyKind::Build],
    );
    let stale = beyond(&table(ROOMS), |room| real.get(room).cloned().unwrap_or_default());
    assert!(
        stale.is_empty(),
        "rows of {} that no crate uses; take them out: {stale:#?}",
        file!()
    );
}

#[test]
fn tests_import_only_the_ground_they_stand_on() {
    let (rooms, extra) = (table(ROOMS), table(ONLY_IN_TESTS));
    let real = edges(&metadata().packages, &[DependencyKind::Development]);
    let alien = beyond(&real, |room| {
        let extra = extra.get(room).cloned().unwrap_or_default();
        reached(room, &rooms).union(&extra).cloned().collect()
    });
    assert!(alien.is_empty(), "in no table of {}: {alien:#?}", file!());
    let stale = beyond(&extra, |room| real.get(room).cloned().unwrap_or_default());
    assert!(
        stale.is_empty(),
        "rows of {} that no test uses; take them out: {stale:#?}",
        file!()
    );
}

#[test]
fn the_table_has_no_circle() {
    let table = table(ROOMS);
    let circular: Vec<&String> = table
        .keys()
        .filter(|room| reached(room, &table).contains(*room))
        .collect();
    assert!(circular.is_empty(), "rooms that reach themselves: {circular:?}");
}

#[test]
fn every_room_inherits_the_lints_and_says_what_it_is_for() {
    let metadata = metadata();
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            faults.push(format!("{}: no `lints.workspace = true`", package.manifest_path));
        }
        for target in package
            .targets
            .iter()
            .filter(|target| target.is_lib() || target.is_bin())
        {
            let source = fs::read_to_string(&target.src_path).expect("a source file");
            if !source.starts_with("//!") {
                faults.push(format!("{}: does not begin with a `//!` doc", target.src_path));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
