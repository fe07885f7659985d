//! npm packages: which folders have some, and whether what is installed is what the lock file says.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::CommandLine;
use crate::context::Context;
use crate::error::SetupError;
use crate::stamp::Stamp;

/// The file in `node_modules` that says for which lock file it was filled. `npm ci` removes the whole folder first, so
/// an installation that broke off has none.
const STAMP: &str = ".rehearse-lock-sha256";

/// A folder with a `package.json` and a `package-lock.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    path: PathBuf,
    name: String,
}

impl Folder {
    /// Every such folder below the checkout's `fixtures` (reference apps) and `harness` (page code), and below `mocks`
    /// (clients to test against) if tests will be held, in the order of their names.
    pub(crate) fn all(context: &Context) -> Vec<Self> {
        let mut found = Vec::new();
        let rooms: &[&str] = if context.holds_tests() {
            &["fixtures", "harness", "mocks"]
        } else {
            &["fixtures", "harness"]
        };
        for room in rooms {
            collect(&context.root().join(room), &mut found);
        }
        found.sort();
        found
            .into_iter()
            .map(|path| Self {
                name: name(&path, context.root()),
                path,
            })
            .collect()
    }

    /// From the checkout's root, with forward slashes on every system.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where its packages lie.
    pub(crate) fn modules(&self) -> PathBuf {
        self.path.join("node_modules")
    }

    /// Why its packages cannot be used, if so.
    pub(crate) fn fault(&self) -> Option<String> {
        if !self.modules().is_dir() {
            return Some("its packages were never installed".to_owned());
        }
        self.stamp()
            .fault("its packages were not installed by this set-up, or only in part")
    }

    /// The command that installs exactly what the lock file says and runs no package's scripts.
    pub(crate) fn command(&self, npm: &Path) -> CommandLine {
        CommandLine::new(npm)
            .args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ])
            .within(&self.path)
    }

    /// Notes for which lock file the packages were installed.
    pub(crate) fn stamp_now(&self) -> Result<(), SetupError> {
        self.stamp().set()
    }

    fn stamp(&self) -> Stamp {
        Stamp::new(self.modules().join(STAMP), self.lock())
    }

    fn lock(&self) -> PathBuf {
        self.path.join("package-lock.json")
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("package.json").is_file() && folder.join("package-lock.json").is_file() {
        found.push(folder.to_path_buf());
    }
    // A folder that cannot be listed holds no packages that we could install.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link is not followed: it may lead in a circle.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !hidden && entry.file_name() != "node_modules" {
            collect(&entry.path(), found);
        }
    }
}

fn name(folder: &Path, root: &Path) -> String {
    let below = folder.strip_prefix(root).unwrap_or(folder);
    let names: Vec<_> = below
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    names.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::Machine;

    #[test]
    fn folders_with_a_lock_file_are_found_and_their_dependencies_are_not() {
        let machine = Machine::new();
        let crm = machine.npm_folder("fixtures/apps/crm");
        machine.npm_folder("fixtures/apps/crm/node_modules/vue");
        machine.npm_folder("fixtures/apps/customer-detail");
        let loose = machine.root().join("fixtures/apps/loose");
        fs::create_dir_all(&loose).expect("folder");
        fs::write(loose.join("package.json"), "{}").expect("package.json");
        let names: Vec<_> = Folder::all(&machine.context())
            .iter()
            .map(|folder| folder.name().to_owned())
            .collect();
        assert_eq!(names, ["fixtures/apps/crm", "fixtures/apps/customer-detail"]);
        assert!(crm.is_dir());
    }

    #[test]
    fn what_only_tests_need_is_found_only_for_them() {
        let machine = Machine::new();
        let folder = machine.root().join("mocks/tests/strangers/node");
        fs::create_dir_all(&folder).expect("folder");
        fs::write(folder.join("package.json"), "{}").expect("package.json");
        fs::write(folder.join("package-lock.json"), "{}").expect("package-lock.json");
        assert!(Folder::all(&machine.context()).is_empty());
        assert_eq!(Folder::all(&machine.context().with_tests()).len(), 1);
    }

    #[test]
    fn packages_are_good_until_the_lock_file_changes() {
        let machine = Machine::new();
        let folder_path = machine.npm_folder("fixtures/apps/crm");
        let folder = Folder::all(&machine.context()).remove(0);
        assert!(folder.fault().is_some_and(|fault| fault.contains("never")));
        fs::create_dir(folder.modules()).expect("node_modules");
        assert!(folder.fault().is_some_and(|fault| fault.contains("in part")));
        folder.stamp_now().expect("stamp");
        assert_eq!(folder.fault(), None);
        fs::write(folder_path.join("package-lock.json"), "{\"lockfileVersion\": 3}").expect("new lock");
        assert!(folder.fault().is_some_and(|fault| fault.contains("changed")));
    }
}
