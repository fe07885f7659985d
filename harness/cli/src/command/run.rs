//! `rehearse run`: play, judge, report.

use std::path::Path;
use std::sync::Arc;

use journal::run::RunManifest;
use runner::{BrowserPool, RunDirectory, Session};

use super::runtime;
use crate::arguments::Run;
use crate::configuration::Configuration;
use crate::exit::{Exit, Failure};
use crate::{interrupt, selection, terminal};

pub(crate) fn execute(arguments: &Run) -> Result<Exit, Failure> {
    let configuration = Configuration::load(arguments.common.config.as_deref())?;
    let catalogue = selection::catalogue(&arguments.common, &configuration)?;
    let mut options = selection::options(
        arguments.filters.clone(),
        &arguments.common,
        &arguments.play,
        &configuration,
    )?;
    options.retries = arguments.retries;
    options.repeat = arguments.repeat;
    options.shard = arguments.shard;
    selection::check_tools(&options)?;
    let output = options.output.clone();
    let session = Session::prepare(catalogue, options)?;
    let runtime = runtime()?;
    runtime.block_on(session.try_worlds())?;
    let directory = RunDirectory::create(&output)?;

    let progress = terminal::progress();
    let pool = Arc::new(BrowserPool::open()?);
    let manifest = runtime.block_on(async {
        let cancel = interrupt::token();
        let manifest = session
            .play(
                &pool,
                &directory,
                progress.clone() as Arc<dyn runner::Progress>,
                cancel,
            )
            .await;
        pool.close().await;
        manifest
    })?;
    progress.finish();
    publish(&directory, &manifest)?;
    terminal::summary(&manifest, directory.path());
    Ok(verdict(&manifest, arguments.fail_on_flaky))
}

/// Makes the reports, and points `latest` at the run.
pub(crate) fn publish(directory: &RunDirectory, manifest: &RunManifest) -> Result<(), Failure> {
    reports::write_all(directory.path(), &reports::Options::default())?;
    // The run is whole without it.
    if let Err(error) = directory.publish_as_latest() {
        terminal::warning(&error.to_string());
    }
    if std::env::var_os("GITHUB_ACTIONS").is_some() {
        anstream::print!("{}", reports::github_annotations(manifest));
    }
    if let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY") {
        // A summary that cannot be written is no reason to fail a run.
        let _ = append(Path::new(&summary), &terminal::markdown(manifest));
    }
    Ok(())
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(text.as_bytes())
}

fn verdict(manifest: &RunManifest, fail_on_flaky: bool) -> Exit {
    if manifest.interrupted {
        Exit::Interrupted
    } else if manifest.summary.broken > 0 {
        Exit::Broken
    } else if manifest.summary.failed > 0 {
        Exit::Failed
    } else if fail_on_flaky && manifest.summary.flaky > 0 {
        Exit::Flaky
    } else {
        Exit::Passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_run_counts_though_latest_cannot_lead_to_it() {
        let output = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(output.path().join("latest/unpacked")).expect("a folder");
        let directory = RunDirectory::create(output.path()).expect("a run directory");
        let manifest: RunManifest = serde_json::from_value(serde_json::json!({
            "format_version": journal::run::FORMAT_VERSION, "id": directory.id(), "seed": 7, "began_ms": 0,
            "duration_ms": 0, "harness": "0", "engines": [], "pristine": false, "fidelity": [], "scenarios": [],
            "summary": { "passed": 0, "failed": 0, "broken": 0, "skipped": 0, "flaky": 0 },
        }))
        .expect("a manifest");
        manifest.write(directory.path()).expect("run.json");
        let published = publish(&directory, &manifest);
        assert!(published.is_ok(), "{published:?}");
        assert!(directory.path().join("report.html").is_file());
    }
}
