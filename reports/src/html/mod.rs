//! `report.html`: one file that opens from disk and asks the network for nothing.
//!
//! The shell (minijinja) holds the style, a summary that needs no script, and the data as inert script blocks:
//! the index as JSON, and one block a scenario, compressed because journals repeat themselves, which the page
//! unpacks when that scenario is opened. Everything on the page is built from text nodes by the page's own
//! script; a Content Security Policy with the hashes of exactly this style and script admits nothing else.

mod assets;
mod detail;
mod diagram;
mod index;
mod label;
mod questions;
mod trim;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use journal::Fact;
use journal::run::{RunManifest, ScenarioRecord, Verdict};
use minijinja::{Environment, context};

use crate::directory::{Trace, picture_sizes};
use crate::write::Draft;
use crate::{Error, Options, Screenshots};
use index::{Extent, Pictures};
use questions::Answers;

/// Where the shell is cut to let the data in.
const DATA: &str = "<!-- data -->";

/// A page in the making: begun, fed scenario by scenario, finished with the index.
pub(crate) struct Page<'run> {
    run: &'run Path,
    manifest: &'run RunManifest,
    options: &'run Options,
    draft: Draft,
    foot: String,
    extents: Vec<Extent>,
    answers: Answers,
    pictures: Pictures,
}

impl<'run> Page<'run> {
    /// Writes everything that comes before the data.
    pub(crate) fn begin(
        run: &'run Path,
        manifest: &'run RunManifest,
        options: &'run Options,
    ) -> Result<Self, Error> {
        let shell = shell(manifest)?;
        // The template's own mark is the last one: all of the run's text comes before it, escaped.
        let (head, foot) = shell.rsplit_once(DATA).unwrap_or((&shell, ""));
        let mut draft = Draft::create(run.join("report.html"))?;
        draft.write(head.as_bytes())?;
        Ok(Self {
            run,
            manifest,
            options,
            draft,
            foot: foot.to_owned(),
            extents: Vec::new(),
            answers: Answers::default(),
            pictures: pictures(run, manifest, options),
        })
    }

    /// Adds the next scenario, in the manifest's order.
    pub(crate) fn add(&mut self, scenario: &ScenarioRecord, trace: &Trace) -> Result<(), Error> {
        let place = self.extents.len();
        for event in &trace.events {
            if let Fact::Answer(answer) = &event.fact {
                self.answers.add(place, &scenario.engine, answer);
            }
        }
        self.extents.push(Extent {
            events: trace.events.len(),
            notes: trace.notes.clone(),
        });
        if scenario.folder.is_none() {
            return Ok(());
        }
        let block = packed(self.run, scenario, trace, self.options, self.pictures.inside)?;
        let open = format!("<script type=\"application/gzip\" id=\"detail-{place}\">");
        self.draft.write(open.as_bytes())?;
        self.draft.write(block.as_bytes())?;
        self.draft.write(b"</script>\n")
    }

    /// Writes the index and puts the file in place.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Error> {
        let index = index::json(
            self.manifest,
            &self.extents,
            self.answers.tables(&self.manifest.engines),
            self.pictures,
            self.options.history.as_deref(),
        )
        .map_err(|source| Error::Json {
            what: "the index of report.html",
            source,
        })?;
        self.draft
            .write(b"<script type=\"application/json\" id=\"index\">")?;
        self.draft.write(inert(&index).as_bytes())?;
        self.draft.write(b"</script>")?;
        self.draft.write(self.foot.as_bytes())?;
        self.draft.finish()
    }
}

/// The screenshots of a run, and whether they go into the page.
fn pictures(run: &Path, manifest: &RunManifest, options: &Options) -> Pictures {
    let sizes = picture_sizes(run, &manifest.scenarios);
    let bytes = sizes.iter().fold(0, |sum: u64, size| sum.saturating_add(*size));
    Pictures {
        count: sizes.len(),
        bytes,
        inside: match options.screenshots {
            Screenshots::UpTo(limit) => bytes <= limit,
            Screenshots::Inside => true,
            Screenshots::Beside => false,
        },
    }
}

/// A scenario's detail as base64 of gzip of JSON.
fn packed(
    run: &Path,
    scenario: &ScenarioRecord,
    trace: &Trace,
    options: &Options,
    inside: bool,
) -> Result<String, Error> {
    let detail = detail::of(run, scenario, trace, options, inside);
    let json = serde_json::to_vec(&detail).map_err(|source| Error::Json {
        what: "a scenario of report.html",
        source,
    })?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    let bytes = encoder
        .write_all(&json)
        .and_then(|()| encoder.finish())
        .map_err(|source| Error::File {
            attempt: "compress a scenario for",
            path: run.join("report.html"),
            source,
        })?;
    Ok(STANDARD.encode(bytes))
}

/// JSON that cannot end or open an element, wherever it stands in a document.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

fn shell(manifest: &RunManifest) -> Result<String, Error> {
    let (style, script) = (assets::style(), assets::script());
    let mut environment = Environment::new();
    environment.add_template("shell.html", assets::SHELL)?;
    let wrong: Vec<_> = manifest
        .scenarios
        .iter()
        .filter(|scenario| matches!(scenario.verdict, Verdict::Failed | Verdict::Broken))
        .map(|scenario| {
            let titles = scenario.findings.iter().map(|finding| finding.title.clone());
            context! {
                id => scenario.id.clone(),
                engine => scenario.engine.clone(),
                verdict => label::words(&scenario.verdict),
                findings => titles.collect::<Vec<String>>(),
                reason => scenario.reason.clone(),
            }
        })
        .collect();
    let state = if manifest.summary.failed > 0 {
        "failed"
    } else if manifest.summary.broken > 0 {
        "broken"
    } else {
        "passed"
    };
    let context = context! {
        policy => assets::policy(&style, &script),
        style,
        script,
        run => manifest.id.clone(),
        summary => context! {
            passed => manifest.summary.passed,
            failed => manifest.summary.failed,
            broken => manifest.summary.broken,
            flaky => manifest.summary.flaky,
            skipped => manifest.summary.skipped,
        },
        state,
        wrong,
    };
    Ok(environment.get_template("shell.html")?.render(context)?)
}
