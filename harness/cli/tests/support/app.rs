//! Copies of the reference apps, as a build of somebody else would lie in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::checkout;
use super::program::House;

fn folder(app: &str) -> PathBuf {
    checkout().join("fixtures/apps").join(app)
}

/// Ends the test where the app's packages are missing.
pub(crate) fn must_be_installed(app: &str) {
    assert!(
        folder(app).join("node_modules/vue").is_dir(),
        "the packages of {app} are not installed: `cargo xtask setup` brings them"
    );
}

/// A copy of an app in a folder of its own, packages included.
pub(crate) fn copy(app: &str, house: &House) -> PathBuf {
    let to = house.path().join("build");
    copy_folder(&folder(app), &to);
    to
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().expect("a type");
        if kind.is_dir() {
            copy_folder(&from, &to);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&from).expect("a link"), &to).expect("a link");
        } else {
            fs::copy(&from, &to).expect("a copy");
        }
    }
}

/// Replaces a text in a file that must hold it.
pub(crate) fn spoil(file: &Path, find: &str, replace: &str) {
    let text = fs::read_to_string(file).expect("a text");
    assert!(
        text.contains(find),
        "`{find}` does not stand in {}",
        file.display()
    );
    fs::write(file, text.replace(find, replace)).expect("the file again");
}
