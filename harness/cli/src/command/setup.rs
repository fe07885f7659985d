//! `rehearse setup`: install what is missing.

use std::collections::BTreeSet;

use crate::arguments::{EngineName, Setup};
use crate::exit::{Exit, Failure};
use crate::selection;

pub(crate) fn execute(arguments: &Setup) -> Result<Exit, Failure> {
    let mut engines: BTreeSet<setup::Engine> = arguments
        .engine
        .iter()
        .map(|name| match name {
            EngineName::Chromium => setup::Engine::Chromium,
            EngineName::Firefox => setup::Engine::Firefox,
        })
        .collect();
    if engines.is_empty() {
        engines.extend(setup::Engine::ALL);
    }
    let context = setup::Context::of_checkout(selection::checkout());
    setup::install(&context, &engines, &mut |step| anstream::println!("{step}"))
        .map_err(|error| Failure::broken(error.to_string()))?;
    Ok(Exit::Passed)
}
