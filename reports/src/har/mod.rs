//! HAR 1.2: the exchanges of one scenario, for Chrome `DevTools` and every other network tool.

mod cookies;
mod entries;
mod format;
mod pages;

use std::sync::Arc;

use journal::Event;
use journal::run::{RunManifest, ScenarioRecord};

use crate::Error;
use format::{Har, Log, Program};

/// The exchanges of a scenario as a HAR 1.2 document.
///
/// # Errors
/// The document cannot be serialised.
pub fn har(
    manifest: &RunManifest,
    scenario: &ScenarioRecord,
    events: &[Arc<Event>],
) -> Result<String, Error> {
    serde_json::to_string(&document(manifest, scenario, events)).map_err(|source| Error::Json {
        what: "a trace.har",
        source,
    })
}

fn document(manifest: &RunManifest, scenario: &ScenarioRecord, events: &[Arc<Event>]) -> Har {
    let pages = pages::pages(events);
    let entries = entries::entries(events, &pages);
    let version = manifest
        .engines
        .iter()
        .find(|engine| engine.name == scenario.engine)
        .map_or_else(String::new, |engine| engine.version.clone());
    Har {
        log: Log {
            version: "1.2",
            creator: Program {
                name: "Rehearse".to_owned(),
                version: manifest.harness.clone(),
            },
            browser: Program {
                name: scenario.engine.clone(),
                version,
            },
            pages: pages.into_iter().map(|page| page.page).collect(),
            entries,
            comment: format!(
                "{} (run {}): secrets are replaced by pseudonyms",
                scenario.id, manifest.id
            ),
        },
    }
}

/// A time of the journal as ISO 8601 in UTC with milliseconds; the epoch where it is no time at all.
fn iso8601_us(wall_us: u64) -> String {
    iso8601_ms(wall_us / 1000).unwrap_or_else(|| "1970-01-01T00:00:00.000Z".to_owned())
}

/// Milliseconds since the Unix epoch as ISO 8601 in UTC.
pub(crate) fn iso8601_ms(ms: u64) -> Option<String> {
    let timestamp = jiff::Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()?;
    Some(format!("{timestamp:.3}"))
}
