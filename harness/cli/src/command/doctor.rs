//! `rehearse doctor`: what is installed, where, and what is missing.

use owo_colors::OwoColorize;

use crate::exit::{Exit, Failure};
use crate::selection;

#[expect(clippy::unnecessary_wraps, reason = "every command has the same shape")]
pub(crate) fn execute() -> Result<Exit, Failure> {
    let parts = setup::inspect(&setup::Context::of_checkout(selection::checkout()));
    let mut sound = true;
    for part in &parts {
        let mark = if part.is_ok() {
            "✓".green().to_string()
        } else {
            "✗".red().to_string()
        };
        sound &= part.is_ok();
        anstream::println!("{mark} {part}");
    }
    if sound {
        anstream::println!("everything is there");
        Ok(Exit::Passed)
    } else {
        anstream::println!("`rehearse setup` installs what is missing");
        Ok(Exit::Usage)
    }
}
