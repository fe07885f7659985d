//! Python packages: the ones that tests of this project need, in an environment of their own below `.tools`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::CommandLine;
use crate::context::Context;
use crate::error::SetupError;
use crate::packager::Packager;
use crate::part::{Part, PartId, Verdict};
use crate::stamp::Stamp;

/// The list of packages, each with its exact version and the digests of its files.
const REQUIREMENTS: &str = "mocks/tests/strangers/python/requirements.txt";

/// The file that says for which list the environment was filled. An environment is made anew each time, so that one
/// whose installation broke off has none.
const STAMP: &str = ".rehearse-requirements-sha256";

/// What an interpreter must bring: the version that the listed packages are for, and the modules that make an
/// environment, which some systems keep apart.
const ABILITIES: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";

/// Why no interpreter will do, for people.
pub(crate) const NO_INTERPRETER: &str = "there is no Python 3.11 or later with its module `venv` on PATH";

/// The environment of a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    folder: PathBuf,
    requirements: PathBuf,
}

impl Environment {
    /// The environment that the tests of this checkout need; none if they need none, or if no tests will be held.
    pub(crate) fn of(context: &Context) -> Option<Self> {
        let requirements = context.root().join(REQUIREMENTS);
        (context.holds_tests() && requirements.is_file()).then(|| Self {
            folder: context.tools_root().join("python"),
            requirements,
        })
    }

    /// The folder of the list, from the checkout's root.
    pub(crate) fn name() -> &'static str {
        REQUIREMENTS.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Where its packages lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Why its packages cannot be used, if so.
    pub(crate) fn fault(&self) -> Option<String> {
        // A link to an interpreter that is gone is no file either.
        if !self.interpreter().is_file() {
            return Some("its packages were never installed".to_owned());
        }
        self.stamp().fault("its packages were installed only in part")
    }

    /// The commands that install exactly what the list says, and build none of it.
    pub(crate) fn commands(&self, python: &Path) -> [CommandLine; 2] {
        let make = CommandLine::new(python)
            .args(["-m", "venv", "--clear"])
            .args([&self.folder]);
        let fill = CommandLine::new(self.interpreter())
            .shown_in_full()
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--requirement",
            ])
            .args([&self.requirements]);
        [make, fill]
    }

    /// Notes for which list the packages were installed.
    pub(crate) fn stamp_now(&self) -> Result<(), SetupError> {
        self.stamp().set()
    }

    fn interpreter(&self) -> PathBuf {
        self.folder.join(if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python3"
        })
    }

    fn stamp(&self) -> Stamp {
        Stamp::new(self.folder.join(STAMP), self.requirements.clone())
    }
}

/// The first interpreter on the search path that can make the environment.
pub(crate) fn interpreter(context: &Context) -> Option<PathBuf> {
    let paths = std::env::join_paths(context.search_path()).ok()?;
    ["python3", "python"].iter().find_map(|name| {
        let mut found = which::which_in_all(name, Some(&paths), context.root()).ok()?;
        found.find(|python| is_able(python))
    })
}

fn is_able(python: &Path) -> bool {
    let asked = Command::new(python)
        .args(["-c", ABILITIES])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok_and(|status| status.success())
}

/// The packages as a part of the machine, if tests need them.
pub(crate) fn part(context: &Context) -> Option<Part> {
    let environment = Environment::of(context)?;
    let missing = |cause: String| {
        if interpreter(context).is_some() {
            return Verdict::Missing {
                cause,
                remedy: "cargo xtask setup".to_owned(),
            };
        }
        let remedy = match Packager::of(context) {
            Some(packager) => format!(
                "{} && cargo xtask setup",
                packager.typed(packager.python_packages())
            ),
            None => "cargo xtask setup   (after installing Python 3.11 or later)".to_owned(),
        };
        Verdict::Missing {
            cause: format!("{cause}, and {NO_INTERPRETER}"),
            remedy,
        }
    };
    Some(Part {
        id: PartId::PythonPackages(Environment::name()),
        version: None,
        path: Some(environment.folder().to_path_buf()),
        verdict: environment.fault().map_or(Verdict::Ok, missing),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::context::testing::{Machine, plant};

    fn listed(machine: &Machine) -> PathBuf {
        let file = machine.root().join(REQUIREMENTS);
        fs::create_dir_all(file.parent().expect("a folder")).expect("folder");
        fs::write(&file, "authlib==1.0").expect("requirements.txt");
        file
    }

    #[test]
    fn only_who_holds_tests_needs_it() {
        let machine = Machine::new();
        assert_eq!(Environment::of(&machine.context().with_tests()), None);
        listed(&machine);
        assert_eq!(Environment::of(&machine.context()), None);
        assert!(Environment::of(&machine.context().with_tests()).is_some());
    }

    #[test]
    fn packages_are_good_until_the_list_changes() {
        let machine = Machine::new();
        let list = listed(&machine);
        let environment = Environment::of(&machine.context().with_tests()).expect("a list");
        assert!(environment.fault().is_some_and(|fault| fault.contains("never")));
        let interpreter = environment.interpreter();
        fs::create_dir_all(interpreter.parent().expect("a folder")).expect("folder");
        fs::write(interpreter, "").expect("interpreter");
        assert!(environment.fault().is_some_and(|fault| fault.contains("in part")));
        environment.stamp_now().expect("stamp");
        assert_eq!(environment.fault(), None);
        fs::write(list, "authlib==2.0").expect("another list");
        assert!(environment.fault().is_some_and(|fault| fault.contains("changed")));
    }

    #[test]
    fn the_commands_are_shown_as_they_are_typed() {
        let machine = Machine::new();
        listed(&machine);
        let environment = Environment::of(&machine.context().with_tests()).expect("a list");
        let [make, fill] = environment.commands(Path::new("/usr/bin/python3"));
        assert!(
            make.to_string().starts_with("python3 -m venv --clear /"),
            "{make}"
        );
        let fill = fill.to_string();
        assert!(
            fill.starts_with('/') && fill.contains("/.tools/python/"),
            "{fill}"
        );
        assert!(fill.contains(" --require-hashes --only-binary :all: "), "{fill}");
    }

    #[test]
    fn a_file_that_does_not_answer_is_no_interpreter() {
        let machine = Machine::new();
        plant(&machine.bin(), "python3");
        assert_eq!(interpreter(&machine.context()), None);
    }

    #[test]
    fn python_packages_without_python_say_how_to_get_it() {
        let machine = Machine::new();
        listed(&machine);
        plant(&machine.bin(), "apt-get");
        let packages = part(&machine.context().with_tests()).expect("a part");
        assert_eq!(
            packages.id,
            PartId::PythonPackages("mocks/tests/strangers/python")
        );
        assert!(
            packages
                .remedy()
                .is_some_and(|remedy| remedy.contains("install python3 python3-venv && cargo xtask setup"))
        );
    }
}
