//! `rehearse`: the composition root. Arguments and configuration in, exit code out.
//!
//! This room must not know how anything is done, only who does it: each command is one file that puts
//! the other rooms together.

mod arguments;
mod command;
mod configuration;
mod exit;
mod interrupt;
mod registration;
mod selection;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::exit::Exit;

fn main() -> ExitCode {
    // A second process of this program can be the watchdog that outlives a killed harness.
    if let Some(code) = browser::watchdog::run_if_asked() {
        return code;
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Passed
            };
            let _ = error.print();
            return code.into();
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("REHEARSE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error")),
        )
        .with_writer(std::io::stderr)
        .without_time()
        .init();
    let outcome = match arguments.command {
        Command::Run(run) => command::run::execute(&run),
        Command::List(list) => command::list::execute(&list),
        Command::Sabotage(sabotage) => command::sabotage::execute(&sabotage),
        Command::Open(open) => command::open::execute(&open),
        Command::Provider(provider) => command::provider::execute(&provider),
        Command::Report(report) => command::report::execute(&report),
        Command::Schema(schema) => command::schema::execute(&schema),
        Command::Doctor => command::doctor::execute(),
        Command::Setup(setup) => command::setup::execute(&setup),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            terminal::failure(&failure);
            failure.exit.into()
        }
    }
}
