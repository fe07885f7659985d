//! The tasks of the workspace: bring a fresh machine up, then run the catalogue or hold every check.
//!
//! `cargo xtask setup`, `cargo xtask run` and `cargo xtask test` each do all the set-up they need. What a machine needs
//! is known to the room `setup`, what a scenario is to the command `rehearse`, which is built and started from here
//! like any other program; this room knows only the order of things.

mod arguments;
mod run;
mod stage;
mod task;
mod tests_line;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Task};
use crate::workspace::Workspace;

/// The exit code for a task that could not be carried out: the same that `rehearse` uses when not the product is at
/// fault, so that nobody takes it for a verdict.
const BROKEN: u8 = 3;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Workspace::find().and_then(|workspace| match arguments.task {
        Task::Setup { engines } => workspace
            .set_up_for_tests(&engines.into_iter().collect())
            .map(|()| ExitCode::SUCCESS),
        Task::Doctor => Ok(workspace.doctor()),
        Task::Run { arguments } => run::run(&workspace, &arguments),
        Task::Test { only } => task::test(&workspace, &only),
    });
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(BROKEN)
    })
}
