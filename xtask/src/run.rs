//! `cargo xtask run`: from a fresh checkout to the first verdict.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use serde::Deserialize;
use setup::Engine;

use crate::workspace::{Workspace, succeeds};

/// Sets up the engines that the arguments or `rehearse.toml` name, builds `rehearse`, and becomes `rehearse run`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    workspace.set_up(&engines(arguments, workspace.root()))?;
    // Built apart from the run, so that a build that fails is not taken for a verdict.
    if !succeeds(&mut workspace.cargo(["build", "--package", "rehearse"]))? {
        bail!("`rehearse` does not build; the compiler's messages above say why");
    }
    let mut rehearse = workspace.cargo(["run", "--quiet", "--package", "rehearse", "--", "run"]);
    become_command(rehearse.args(arguments))
}

/// The configuration file of `rehearse`, which looks for it in its folder and above.
const CONFIGURATION: &str = "rehearse.toml";

/// What a configuration file says of engines. The rest of it is for `rehearse` to read, and to judge.
#[derive(Debug, Default, Deserialize)]
struct Configuration {
    #[serde(default)]
    run: RunDefaults,
}

#[derive(Debug, Default, Deserialize)]
struct RunDefaults {
    #[serde(default)]
    engines: Vec<String>,
}

impl Configuration {
    /// The file that the arguments name, or the nearest one from `root` upwards; empty without one.
    fn load(named: Option<&str>, root: &Path) -> Option<Self> {
        let path: PathBuf = match named {
            Some(named) => root.join(named),
            None => {
                let mut candidates = root.ancestors().map(|folder| folder.join(CONFIGURATION));
                match candidates.find(|path| path.is_file()) {
                    Some(path) => path,
                    None => return Some(Self::default()),
                }
            }
        };
        toml::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }
}

/// The engines that `rehearse run`, started in `root`, will need here: none if a remote driver brings its own browsers. A
/// name that the set-up does not know, or a file that cannot be read, is left to `rehearse` to judge.
fn engines(arguments: &[String], root: &Path) -> BTreeSet<Engine> {
    let values = |option: &str| {
        let with_sign = format!("{option}=");
        let mut values = Vec::new();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if argument == option {
                values.extend(rest.next().map(String::as_str));
            } else {
                values.extend(argument.strip_prefix(&with_sign));
            }
        }
        values
    };
    if !values("--webdriver").is_empty() {
        return BTreeSet::new();
    }
    let mut named: Vec<String> = values("--engine")
        .into_iter()
        .flat_map(|list| list.split(','))
        .map(|name| name.trim().to_owned())
        .collect();
    if named.is_empty() {
        let Some(configuration) = Configuration::load(values("--config").pop(), root) else {
            return BTreeSet::new();
        };
        named = configuration.run.engines;
    }
    if named.is_empty() {
        return BTreeSet::from([Engine::Chromium]);
    }
    named.iter().filter_map(|name| name.parse().ok()).collect()
}

/// On Unix this process is replaced, so that signals reach the run itself.
#[cfg(unix)]
fn become_command(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    bail!("cannot start `rehearse`: {error}; try `cargo run --package rehearse -- run`")
}

/// Elsewhere the run is a child, and its exit code is passed on.
#[cfg(not(unix))]
fn become_command(command: &mut Command) -> Result<ExitCode> {
    use anyhow::Context as _;
    let status = command
        .status()
        .context("cannot start `rehearse`; try `cargo run --package rehearse -- run`")?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", &[Engine::Chromium])]
    #[case("session --headed", &[Engine::Chromium])]
    #[case("--engine firefox session", &[Engine::Firefox])]
    #[case("--engine=chromium,firefox", &[Engine::Chromium, Engine::Firefox])]
    #[case("--engine firefox --engine chromium", &[Engine::Chromium, Engine::Firefox])]
    #[case("--engine webkit", &[])]
    #[case("--webdriver http://127.0.0.1:4444", &[])]
    #[case("--engine", &[Engine::Chromium])]
    fn the_engines_of_a_run_are_read_from_its_arguments(#[case] line: &str, #[case] expected: &[Engine]) {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let root = tempfile::tempdir().expect("a folder");
        assert_eq!(
            engines(&arguments, root.path()),
            expected.iter().copied().collect()
        );
    }

    #[rstest]
    #[case("", &[Engine::Firefox])]
    #[case("session --headed", &[Engine::Firefox])]
    #[case("--engine chromium", &[Engine::Chromium])]
    #[case("--config other.toml", &[Engine::Chromium, Engine::Firefox])]
    #[case("--config=silent.toml", &[Engine::Chromium])]
    #[case("--config broken.toml", &[])]
    #[case("--config missing.toml", &[])]
    #[case("--webdriver http://127.0.0.1:4444", &[])]
    fn a_run_without_engines_takes_those_of_the_configuration(
        #[case] line: &str,
        #[case] expected: &[Engine],
    ) {
        let above = tempfile::tempdir().expect("a folder");
        let root = above.path().join("checkout");
        std::fs::create_dir(&root).expect("a folder");
        for (path, text) in [
            (
                "rehearse.toml",
                "[run]\nengines = [\"firefox\"]\nworkers = 2\n[serve]\n",
            ),
            (
                "checkout/other.toml",
                "run.engines = [\"chromium\", \"firefox\", \"webkit\"]",
            ),
            ("checkout/silent.toml", "[run]\nworkers = 2"),
            ("checkout/broken.toml", "[run"),
        ] {
            std::fs::write(above.path().join(path), text).expect(path);
        }
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        assert_eq!(engines(&arguments, &root), expected.iter().copied().collect());
    }
}
