//! `cargo xtask run`: from a fresh checkout to the first verdict.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use setup::Engine;

use crate::workspace::{Workspace, succeeds};

/// Sets up the engines that the arguments name, builds `rehearse`, and becomes `rehearse run`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode> {
    workspace.set_up(&engines(arguments))?;
    // Built apart from the run, so that a build that fails is not taken for a verdict.
    if !succeeds(&mut workspace.cargo(["build", "--package", "rehearse"]))? {
        bail!("`rehearse` does not build; the compiler's messages above say why");
    }
    let mut rehearse = workspace.cargo(["run", "--quiet", "--package", "rehearse", "--", "run"]);
    become_command(rehearse.args(arguments))
}

/// The engines that `rehearse run` will need here: none if a remote driver brings its own browsers. A name that the
/// set-up does not know is left to `rehearse` to judge.
fn engines(arguments: &[String]) -> BTreeSet<Engine> {
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
    let named = values("--engine");
    if named.is_empty() {
        return BTreeSet::from([Engine::Chromium]);
    }
    named
        .into_iter()
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect()
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
        assert_eq!(engines(&arguments), expected.iter().copied().collect());
    }
}
