//! `rehearse report`: make the reports of a run directory again, offline.

use crate::arguments::Report;
use crate::exit::{Exit, Failure};

pub(crate) fn execute(arguments: &Report) -> Result<Exit, Failure> {
    let written = reports::write_all(&arguments.directory, &reports::Options::default())?;
    for path in &written.paths {
        anstream::println!("{}", path.display());
    }
    for note in &written.notes {
        anstream::eprintln!("note: {note}");
    }
    Ok(Exit::Passed)
}
