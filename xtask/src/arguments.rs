//! The command line of `cargo xtask`.

use clap::{Parser, Subcommand};
use setup::Engine;

use crate::stage::Stage;

/// Sets a fresh machine up, and runs or tests the workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Install the browsers, drivers and packages that are missing, and nothing twice
    Setup {
        /// The engines to set up
        #[arg(long = "engine", value_name = "ENGINE", value_delimiter = ',', default_values_t = Engine::ALL)]
        engines: Vec<Engine>,
    },
    /// Show every part with its version and verdict, and what to type where one is missing
    Doctor,
    /// Set up the engines that ARGS or `rehearse.toml` name (else chromium), build `rehearse`, and hand over to `rehearse run ARGS…`
    ///
    /// The development profile is built: its dependencies are optimised, and the browser, not the harness, takes the
    /// time of a run, so the first result comes minutes earlier than from a release build.
    Run {
        /// Passed on as they are
        #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Set up everything, then hold every check; each is run even if an earlier one failed, unless it builds on it
    Test {
        /// Hold only these checks
        #[arg(long, value_name = "STAGE", value_delimiter = ',', value_enum)]
        only: Vec<Stage>,
    },
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask run                            the whole catalogue in Chromium
  cargo xtask run session --headed           one area of it, watching
  cargo xtask run --engine firefox           another engine; its browser and driver are installed first
  cargo xtask test                           what continuous integration calls
  cargo xtask test --only clippy,unused      two checks of it";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_follows_run_is_passed_on_untouched() {
        let parsed =
            Arguments::try_parse_from(["xtask", "run", "session", "--engine", "firefox", "--seed=7"]);
        let Task::Run { arguments } = parsed.expect("well formed").task else {
            panic!("another task")
        };
        assert_eq!(arguments, ["session", "--engine", "firefox", "--seed=7"]);
    }

    #[test]
    fn a_run_may_begin_with_an_option() {
        let parsed = Arguments::try_parse_from(["xtask", "run", "--headed"]).expect("well formed");
        assert!(matches!(parsed.task, Task::Run { arguments } if arguments == ["--headed"]));
    }
}
