//! What origins keep in the browser, noted once a run: the verdict looks for canaries in it.

use std::collections::{BTreeMap, BTreeSet};

use browser::{FrameSelector, StorageArea};
use journal::fact::Observation;
use journal::{Fact, Source};
use serde_json::{Map, Value, json};

use super::Stage;
use crate::Broken;

impl Stage {
    /// Notes all cookies, and the web storage of the documents that are there.
    pub(super) async fn note_storage(&self) -> Result<(), Broken> {
        let mut jars: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for cookie in self.context.all_cookies().await? {
            let host = cookie.domain.trim_start_matches('.');
            let scheme = if self.is_plain(host) { "http" } else { "https" };
            let jar = jars.entry(format!("{scheme}://{host}")).or_default();
            jar.insert(cookie.name, cookie.value.into());
        }
        for (origin, entries) in jars {
            self.note_entries(&json!({ "origin": origin, "area": "cookie", "entries": entries }));
        }
        let mut noted = BTreeSet::new();
        for tab in self.context.tabs() {
            for frame in tab.frames().await? {
                let selector = FrameSelector::Context(frame.context);
                for area in StorageArea::ALL {
                    let entries = tab.storage_entries(&selector, area).await?;
                    let entries: Map<String, Value> = entries
                        .into_iter()
                        .map(|(key, value)| (key, value.into()))
                        .collect();
                    let seen = json!({ "origin": frame.origin, "area": area.name(), "entries": entries });
                    // Documents of one origin share it.
                    if !entries.is_empty() && noted.insert(seen.to_string()) {
                        self.note_entries(&seen);
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a host of the world is served without TLS only. A cookie is its host's, whatever the scheme.
    fn is_plain(&self, host: &str) -> bool {
        let has = |scheme: &str| {
            let address = format!("{scheme}://{host}");
            self.origins.values().any(|origin| *origin == address)
        };
        has("http") && !has("https")
    }

    fn note_entries(&self, seen: &Value) {
        let fact = Fact::Observation(Observation {
            expectation: verdict::STORAGE.to_owned(),
            seen: seen.clone(),
        });
        self.recorder.record(Source::Runner, None, fact);
    }
}
