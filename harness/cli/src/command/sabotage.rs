//! `rehearse sabotage`: prove that the checks can fail.

use std::sync::Arc;

use owo_colors::OwoColorize;
use runner::{BrowserPool, RunDirectory, SabotageVerdict, Sabotages, Screenshots};

use super::runtime;
use crate::arguments::Sabotage;
use crate::configuration::Configuration;
use crate::exit::{Exit, Failure};
use crate::{interrupt, selection, terminal};

pub(crate) fn execute(arguments: &Sabotage) -> Result<Exit, Failure> {
    let configuration = Configuration::load(arguments.common.config.as_deref())?;
    let mut catalogue = selection::catalogue(&arguments.common, &configuration)?;
    let mut filters = arguments.filters.clone();
    let own = filters.first().map(std::path::PathBuf::from);
    let own = own.filter(|folder| folder.is_dir());
    if let Some(folder) = &own {
        filters.remove(0);
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        catalogue = Arc::new((*catalogue).clone().with_sabotages(&folder)?);
    }
    if arguments.play.engine.len() > 1 {
        return Err(Failure::usage(
            "sabotages are played in one engine; name one, or run the command once for each",
        ));
    }
    let mut options = selection::options(filters, &arguments.common, &arguments.play, &configuration)?;
    // Of several in the configuration the first is played; the others need not be installed.
    options.engines.truncate(1);
    options.places.sabotages = own;
    options.baseline = !arguments.without_baseline;
    // A scenario that turns red mostly waits for what does not come, and leaves its processor to another.
    if arguments.play.workers.or(configuration.run.workers).is_none() {
        options.workers *= 2;
    }
    if arguments.play.screenshots.is_none() {
        options.screenshots = Screenshots::Off;
    }
    let is_empty = |filter: &&String| {
        catalogue
            .matching_sabotages(std::slice::from_ref(*filter))
            .is_empty()
    };
    if let Some(filter) = options.filters.iter().find(is_empty) {
        let total = catalogue.sabotages().len();
        return Err(Failure::usage(format!(
            "no sabotage matches `{filter}`; there are {total}, each called `area/name`"
        )));
    }
    selection::check_tools(&options)?;
    let output = options.output.clone();
    let sabotages = Sabotages::prepare(&catalogue, options)?;
    let runtime = runtime()?;
    runtime.block_on(sabotages.try_worlds())?;
    let directory = RunDirectory::create(&output)?;
    let progress = terminal::progress();
    let pool = Arc::new(BrowserPool::open()?);
    let outcome = runtime.block_on(async {
        let cancel = interrupt::token();
        let progress = progress.clone() as Arc<dyn runner::Progress>;
        let outcome = sabotages.play(&pool, &directory, progress, cancel).await;
        pool.close().await;
        outcome
    })?;
    progress.finish();
    let records = &outcome.records;
    let mut exit = Exit::Passed;
    for record in records {
        let word = match record.verdict {
            SabotageVerdict::Killed => "killed".green().to_string(),
            SabotageVerdict::Survived => "survived".red().to_string(),
            SabotageVerdict::Inapplicable => "inapplicable".red().to_string(),
            SabotageVerdict::NotPlayed => "not played".yellow().to_string(),
            SabotageVerdict::Broken => "broken".yellow().to_string(),
        };
        anstream::println!("{word}  {}", record.id.bold());
        for note in &record.notes {
            anstream::println!("    {}", reports::plain(note, 4));
        }
        exit = match (record.verdict, exit) {
            (SabotageVerdict::Broken, _) | (_, Exit::Broken) => Exit::Broken,
            (SabotageVerdict::Survived | SabotageVerdict::Inapplicable | SabotageVerdict::NotPlayed, _) => {
                Exit::Failed
            }
            (SabotageVerdict::Killed, other) => other,
        };
    }
    let killed = records
        .iter()
        .filter(|record| record.verdict == SabotageVerdict::Killed)
        .count();
    anstream::println!("{killed} of {} sabotages killed", records.len());
    anstream::println!(
        "{}",
        selection::relative(&directory.path().join("sabotage.json")).display()
    );
    Ok(if outcome.interrupted {
        Exit::Interrupted
    } else {
        exit
    })
}
