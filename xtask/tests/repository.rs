//! What every file of the repository keeps.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The hosts of package registries, in parts, so that this file does not name them either. A file that names one ties
/// the project to where somebody once fetched it; lock files are written without such addresses.
const REGISTRY_HOSTS: &[&[&str]] = &[
    &["registry", "npmjs", "org"],
    &["registry", "yarnpkg", "com"],
    &["registry", "npmmirror", "com"],
    &["index", "crates", "io"],
    &["static", "crates", "io"],
    &["files", "pythonhosted", "org"],
    &["pypi", "org"],
    &["deb", "debian", "org"],
    &["security", "debian", "org"],
    &["archive", "ubuntu", "com"],
    &["proxy", "golang", "org"],
    &["repo1", "maven", "org"],
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies one folder deep")
        .to_path_buf()
}

/// The files that are in git or would be added to it.
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is there");
    assert!(
        listed.status.success(),
        "git cannot list the files of {}",
        root().display()
    );
    let names = String::from_utf8(listed.stdout).expect("file names are UTF-8");
    names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(|name| root().join(name))
        .collect()
}

#[test]
fn no_file_names_the_host_of_a_registry() {
    let hosts: Vec<String> = REGISTRY_HOSTS.iter().map(|parts| parts.join(".")).collect();
    let mut named = Vec::new();
    for file in files() {
        // A file that was removed but is still in the index has nothing to say.
        let Ok(content) = fs::read(&file) else { continue };
        let content = String::from_utf8_lossy(&content);
        for host in hosts.iter().filter(|host| content.contains(host.as_str())) {
            named.push(format!("{}: {host}", file.display()));
        }
    }
    assert!(named.is_empty(), "{named:#?}");
}
