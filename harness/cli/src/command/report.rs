//! `rehearse report`: make the reports of a run directory again, offline.

use reports::{Options, Screenshots};

use crate::arguments::{Report, Where};
use crate::exit::{Exit, Failure};

pub(crate) fn execute(arguments: &Report) -> Result<Exit, Failure> {
    let written = reports::write_all(&arguments.directory, &options(arguments)?)?;
    for path in &written.paths {
        anstream::println!("{}", path.display());
    }
    for note in &written.notes {
        anstream::eprintln!("note: {note}");
    }
    Ok(Exit::Passed)
}

fn options(arguments: &Report) -> Result<Options, Failure> {
    let mut options = Options::default();
    match arguments.screenshots {
        Some(Where::Inside) => options.screenshots = Screenshots::Inside,
        Some(Where::Beside) => options.screenshots = Screenshots::Beside,
        None => {}
    }
    if let Some(runs) = &arguments.history {
        // An empty folder is an empty history, but one that is not there is a mistake.
        std::fs::read_dir(runs).map_err(|error| {
            Failure::usage(format!(
                "failed to read the earlier runs in `{}`: {error}; name a folder of run directories, such as `reports/runs`",
                runs.display()
            ))
        })?;
        options.history = Some(runs.clone());
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    use crate::arguments::{Arguments, Command};

    fn read(line: &[&str]) -> Options {
        let parsed = Arguments::try_parse_from(["rehearse", "report", "run"].iter().chain(line));
        let Ok(Command::Report(report)) = parsed.map(|parsed| parsed.command) else {
            panic!("{line:?} is no report")
        };
        options(&report).unwrap_or_else(|_| panic!("{line:?} is refused"))
    }

    #[test]
    fn what_is_wished_reaches_the_report() {
        let screenshots = |line: &[&str]| read(line).screenshots;
        assert_eq!(screenshots(&[]), Screenshots::UpTo(16 * 1024 * 1024));
        assert_eq!(screenshots(&["--screenshots", "inside"]), Screenshots::Inside);
        assert_eq!(screenshots(&["--screenshots", "beside"]), Screenshots::Beside);
        assert_eq!(read(&[]).history, None);
        assert_eq!(
            read(&["--history", "."]).history.as_deref(),
            Some(std::path::Path::new("."))
        );
    }
}
