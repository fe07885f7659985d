//! The watchdog as a program of its own, for callers whose `main` is not theirs, such as tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    browser::watchdog::run()
}
