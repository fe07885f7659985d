//! The machine as the set-up sees it: read once, then only looked at.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use crate::distribution::Distribution;
use crate::tool::Tool;

/// The operating systems whose habits are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// Any Linux distribution.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
    /// Anything else: tools are found on the search path, and nothing is installed.
    Other,
}

impl Os {
    /// The system this program was built for.
    #[must_use]
    pub fn current() -> Self {
        match env::consts::OS {
            "linux" => Self::Linux,
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            _ => Self::Other,
        }
    }
}

/// A checkout on a machine: where things lie, where programs are searched, which ones are named outright.
#[derive(Debug, Clone)]
pub struct Context {
    root: PathBuf,
    os: Os,
    distribution: Distribution,
    search_path: Vec<PathBuf>,
    program_folders: Vec<PathBuf>,
    named: BTreeMap<Tool, PathBuf>,
    cargo: PathBuf,
    tests: bool,
}

impl Context {
    /// The checkout at `root`, on this machine, with this process's environment.
    #[must_use]
    pub fn of_checkout(root: impl Into<PathBuf>) -> Self {
        let os = Os::current();
        let named = Tool::OF_ENGINES.into_iter().filter_map(|tool| {
            let file = env::var_os(tool.variable()?).filter(|file| !file.is_empty())?;
            Some((tool, PathBuf::from(file)))
        });
        Self {
            root: root.into(),
            os,
            distribution: Distribution::current(),
            search_path: env::var_os("PATH")
                .map(|path| env::split_paths(&path).collect())
                .unwrap_or_default(),
            program_folders: program_folders(os),
            named: named.collect(),
            cargo: env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from),
            tests: false,
        }
    }

    /// The same, for somebody who also holds this project's own tests: they need packages that no run needs.
    #[must_use]
    pub fn with_tests(mut self) -> Self {
        self.tests = true;
        self
    }

    /// The checkout that `start` lies in: the nearest folder upwards with a `Cargo.lock` and a `fixtures` folder.
    #[must_use]
    pub fn checkout_of(start: &Path) -> Option<PathBuf> {
        start
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").is_file() && folder.join("fixtures").is_dir())
            .map(Path::to_path_buf)
    }

    /// The root of the checkout.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder into which tools are installed for this checkout alone.
    #[must_use]
    pub fn tools_root(&self) -> PathBuf {
        self.root.join(".tools")
    }

    /// Where the programs of [`tools_root`](Self::tools_root) lie.
    #[must_use]
    pub fn tools_bin(&self) -> PathBuf {
        self.tools_root().join("bin")
    }

    pub(crate) fn os(&self) -> Os {
        self.os
    }

    /// The family of this Linux; without meaning elsewhere.
    pub(crate) fn distribution(&self) -> Distribution {
        self.distribution
    }

    pub(crate) fn search_path(&self) -> &[PathBuf] {
        &self.search_path
    }

    pub(crate) fn program_folders(&self) -> &[PathBuf] {
        &self.program_folders
    }

    pub(crate) fn named(&self, tool: Tool) -> Option<&Path> {
        self.named.get(&tool).map(PathBuf::as_path)
    }

    /// Whether this project's own tests will be held.
    pub(crate) fn holds_tests(&self) -> bool {
        self.tests
    }

    pub(crate) fn cargo(&self) -> &Path {
        &self.cargo
    }

    /// A helper program such as a package manager, searched on the search path alone.
    pub(crate) fn helper(&self, name: &str) -> Option<PathBuf> {
        let paths = env::join_paths(&self.search_path).ok()?;
        which::which_in(name, Some(paths), &self.root).ok()
    }
}

/// The folders below which installers of this system put programs.
fn program_folders(os: Os) -> Vec<PathBuf> {
    let below =
        |variable: &str, rest: &str| env::var_os(variable).map(|folder| Path::new(&folder).join(rest));
    match os {
        Os::Linux => ["/usr/lib", "/usr/lib64", "/opt"].map(PathBuf::from).into(),
        Os::MacOs => [
            Some(PathBuf::from("/Applications")),
            below("HOME", "Applications"),
        ]
        .into_iter()
        .flatten()
        .collect(),
        Os::Windows => ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"]
            .into_iter()
            .filter_map(|variable| env::var_os(variable).map(PathBuf::from))
            .collect(),
        Os::Other => Vec::new(),
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A machine for tests: an empty folder with a checkout and a search path of its own.

    use super::*;
    use tempfile::TempDir;

    /// A machine on which nothing is installed until a test plants it.
    pub(crate) struct Machine {
        dir: TempDir,
    }

    impl Machine {
        pub(crate) fn new() -> Self {
            Self {
                dir: tempfile::tempdir().expect("a temporary folder"),
            }
        }

        pub(crate) fn root(&self) -> &Path {
            self.dir.path()
        }

        /// The one folder on the search path.
        pub(crate) fn bin(&self) -> PathBuf {
            self.root().join("bin")
        }

        /// A folder below the checkout with npm packages of its own to be installed.
        pub(crate) fn npm_folder(&self, path: &str) -> PathBuf {
            let folder = self.root().join(path);
            std::fs::create_dir_all(&folder).expect("folder");
            for file in ["package.json", "package-lock.json"] {
                std::fs::write(folder.join(file), "{}").expect(file);
            }
            folder
        }

        /// The machine as a Debian, until a test says otherwise.
        pub(crate) fn context(&self) -> Context {
            Context {
                root: self.root().to_path_buf(),
                os: Os::Linux,
                distribution: Distribution::Debian,
                search_path: vec![self.bin()],
                program_folders: Vec::new(),
                named: BTreeMap::new(),
                cargo: PathBuf::from("cargo"),
                tests: false,
            }
        }
    }

    impl Context {
        pub(crate) fn with_named(mut self, tool: Tool, file: &Path) -> Self {
            self.named.insert(tool, file.to_path_buf());
            self
        }

        pub(crate) fn with_cargo(mut self, file: &Path) -> Self {
            self.cargo = file.to_path_buf();
            self
        }

        pub(crate) fn of_distribution(mut self, os_release: &str) -> Self {
            self.distribution = Distribution::of(os_release);
            self
        }

        pub(crate) fn on(mut self, os: Os, program_folders: impl IntoIterator<Item = PathBuf>) -> Self {
            self.os = os;
            self.program_folders = program_folders.into_iter().collect();
            self
        }
    }

    /// Puts a program into a folder. It is only ever found, never run.
    pub(crate) fn plant(folder: &Path, name: &str) -> PathBuf {
        std::fs::create_dir_all(folder).expect("the folder");
        let file = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        std::fs::write(&file, "").expect("the program");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("permissions");
        }
        file
    }

    #[test]
    fn the_checkout_is_found_from_a_folder_inside() {
        let machine = Machine::new();
        let inner = machine.root().join("fixtures/apps/crm");
        std::fs::create_dir_all(&inner).expect("inner folder");
        std::fs::write(machine.root().join("Cargo.lock"), "").expect("lock file");
        assert_eq!(Context::checkout_of(&inner).as_deref(), Some(machine.root()));
    }
}
