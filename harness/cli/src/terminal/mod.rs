//! What a person sees: progress while a run goes on, its summary, failures.

mod progress;
mod summary;

use owo_colors::OwoColorize;

pub(crate) use progress::progress;
pub(crate) use summary::{markdown, summary};

use crate::exit::Failure;

/// Says what is not as it should be, though the command did its work.
pub(crate) fn warning(text: &str) {
    anstream::eprintln!("{} {text}", "warning:".yellow().bold());
}

/// Says why a command could not do its work.
pub(crate) fn failure(failure: &Failure) {
    anstream::eprintln!("{} {}", "error:".red().bold(), failure.message);
}
