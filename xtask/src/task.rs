//! `cargo xtask test`: every check, each timed, with a table at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use setup::{CargoTool, Engine};

use crate::stage::Stage;
use crate::tests_line::Tests;
use crate::workspace::{Workspace, succeeds, succeeds_read_along};

const CARGO_DENY: CargoTool = CargoTool {
    name: "cargo-deny",
    version: "0.20.2",
};
const CARGO_MACHETE: CargoTool = CargoTool {
    name: "cargo-machete",
    version: "0.9.2",
};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed(Duration),
    Failed(Duration),
    /// What it builds on failed.
    NotRun(Stage),
}

/// Holds the checks that are named, or the usual ones. The exit code is 1 if any failed.
pub(crate) fn test(workspace: &Workspace, only: &[Stage]) -> Result<ExitCode> {
    let stages = if only.is_empty() { &Stage::USUAL[..] } else { only };
    let begun = Instant::now();
    let mut tests = None;
    let mut outcomes: Vec<(Stage, Outcome)> = Vec::new();
    for &stage in stages {
        let outcome = match obstacle(stage, &outcomes) {
            Some(obstacle) => Outcome::NotRun(obstacle),
            None => hold(workspace, stage, &outcomes, &mut tests),
        };
        eprintln!("=== {}: {}", stage.name(), shown(outcome));
        outcomes.push((stage, outcome));
    }
    println!("\n{}", table(&outcomes, begun.elapsed()));
    if let Some(tests) = tests {
        println!("{tests}");
    }
    let passed = outcomes
        .iter()
        .all(|(_, outcome)| matches!(outcome, Outcome::Passed(_)));
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The check that already failed and that this one builds on.
fn obstacle(stage: Stage, outcomes: &[(Stage, Outcome)]) -> Option<Stage> {
    let bad = |(done, outcome): &&(Stage, Outcome)| {
        stage.builds_on().contains(done) && !matches!(outcome, Outcome::Passed(_))
    };
    outcomes.iter().find(bad).map(|(done, _)| *done)
}

fn hold(
    workspace: &Workspace,
    stage: Stage,
    outcomes: &[(Stage, Outcome)],
    tests: &mut Option<Tests>,
) -> Outcome {
    eprintln!("\n=== {} …", stage.name());
    let begun = Instant::now();
    let passed = carry_out(workspace, stage, outcomes, tests).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        false
    });
    let took = begun.elapsed();
    if passed {
        Outcome::Passed(took)
    } else {
        Outcome::Failed(took)
    }
}

fn carry_out(
    workspace: &Workspace,
    stage: Stage,
    outcomes: &[(Stage, Outcome)],
    tests: &mut Option<Tests>,
) -> Result<bool> {
    match stage {
        Stage::Setup => workspace.set_up_for_tests(&Engine::ALL.into()).map(|()| true),
        Stage::Fmt => succeeds(&mut workspace.cargo(["fmt", "--all", "--check"])),
        Stage::Clippy => {
            let args = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "--deny",
                "warnings",
            ];
            succeeds(&mut workspace.cargo(args))
        }
        Stage::Deny => {
            let mut deny = workspace.tool(CARGO_DENY)?;
            succeeds(deny.args(["--workspace", "check", "licenses", "bans", "sources"]))
        }
        Stage::Unused => succeeds(&mut workspace.tool(CARGO_MACHETE)?),
        Stage::Doc => {
            let mut doc = workspace.cargo(["doc", "--workspace", "--no-deps"]);
            succeeds(doc.env("RUSTDOCFLAGS", "--deny warnings"))
        }
        Stage::Test => {
            let tests = tests.insert(Tests::default());
            let mut test = workspace.cargo(["test", "--workspace", "--no-fail-fast"]);
            succeeds_read_along(&mut test, |line| tests.add(line))
        }
        Stage::Sabotage => succeeds(&mut workspace.cargo(sabotage(outcomes))),
        Stage::Advisories => {
            succeeds(
                workspace
                    .tool(CARGO_DENY)?
                    .args(["--workspace", "check", "advisories"]),
            )
        }
    }
}

/// The command that plays the sabotages. Each scenario is played without its sabotage first, unless the tests of this
/// very call have just found the catalogue green: what is red by itself would count as killed.
fn sabotage(outcomes: &[(Stage, Outcome)]) -> Vec<&'static str> {
    let mut arguments = vec!["run", "--quiet", "--package", "rehearse", "--", "sabotage"];
    let is_green = outcomes
        .iter()
        .any(|(stage, outcome)| *stage == Stage::Test && matches!(outcome, Outcome::Passed(_)));
    if is_green {
        arguments.push("--without-baseline");
    }
    arguments
}

fn table(outcomes: &[(Stage, Outcome)], total: Duration) -> String {
    let rows = outcomes
        .iter()
        .map(|(stage, outcome)| format!("{:<11}{}\n", stage.name(), shown(*outcome)));
    rows.chain([format!("{:<11}{:<8}{:>8.1} s", "all", "", total.as_secs_f64())])
        .collect()
}

fn shown(outcome: Outcome) -> String {
    match outcome {
        Outcome::Passed(took) => format!("{:<8}{:>8.1} s", "passed", took.as_secs_f64()),
        Outcome::Failed(took) => format!("{:<8}{:>8.1} s", "failed", took.as_secs_f64()),
        Outcome::NotRun(obstacle) => format!("not run, for {} did not pass", obstacle.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_cheap_check_is_held_whatever_failed_before() {
        let outcomes = [
            (Stage::Fmt, Outcome::Failed(SECOND)),
            (Stage::Clippy, Outcome::Failed(SECOND)),
        ];
        assert_eq!(obstacle(Stage::Test, &outcomes), None);
    }

    #[test]
    fn sabotage_plays_the_baseline_unless_the_catalogue_was_green_just_now() {
        let leaves_it_out =
            |outcomes: &[(Stage, Outcome)]| sabotage(outcomes).contains(&"--without-baseline");
        assert!(leaves_it_out(&[(Stage::Test, Outcome::Passed(SECOND))]));
        assert!(!leaves_it_out(&[(Stage::Test, Outcome::Failed(SECOND))]));
        assert!(!leaves_it_out(&[(Stage::Setup, Outcome::Passed(SECOND))]));
        assert!(!leaves_it_out(&[]));
    }

    #[test]
    fn sabotage_waits_for_a_green_catalogue() {
        let outcomes = [
            (Stage::Setup, Outcome::Passed(SECOND)),
            (Stage::Test, Outcome::Failed(SECOND)),
        ];
        assert_eq!(obstacle(Stage::Sabotage, &outcomes), Some(Stage::Test));
        let outcomes = [
            (Stage::Setup, Outcome::Failed(SECOND)),
            (Stage::Test, Outcome::NotRun(Stage::Setup)),
        ];
        assert_eq!(obstacle(Stage::Sabotage, &outcomes), Some(Stage::Setup));
    }

    #[test]
    fn the_table_has_a_row_for_each_check_and_the_whole() {
        let outcomes = [
            (Stage::Fmt, Outcome::Passed(SECOND)),
            (Stage::Sabotage, Outcome::NotRun(Stage::Test)),
        ];
        assert_eq!(
            table(&outcomes, SECOND * 2),
            "fmt        passed       1.0 s\n\
             sabotage   not run, for test did not pass\n\
             all                     2.0 s"
        );
    }
}
