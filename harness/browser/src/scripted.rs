//! What page code could do at any time, done for the scenario: a request by script, a look at the title.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bidi::value::string;
use crate::registry::World;
use crate::tab::Tab;
use crate::{FrameSelector, Result};

/// A request that a page sends by `fetch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScriptedRequest {
    /// Method.
    pub method: String,
    /// URL.
    pub url: String,
    /// Header fields.
    pub headers: BTreeMap<String, String>,
    /// Body, as text.
    pub body: Option<String>,
    /// Whether cookies go with it across origins.
    pub credentials: bool,
}

/// Sends and does not wait: what comes of it is seen on the wire. A network error is what the page would
/// have had to handle, so it is taken off its hands.
const FETCH: &str = "(text) => {
    const { method, url, headers, body, credentials } = JSON.parse(text);
    fetch(url, { method, headers, body: body ?? undefined, credentials: credentials ? 'include' : 'same-origin' })
        .catch(() => {});
    return '';
}";
const TITLE: &str = "() => document.title";

impl Tab {
    /// Sends a request by script from a frame.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Blocked`] when there is no such frame.
    pub async fn request(&self, from: &FrameSelector, request: &ScriptedRequest) -> Result<()> {
        let attempt = format!("send {} {} from {from}", request.method, request.url);
        let text = serde_json::to_string(request)
            .map_err(|error| crate::Error::protocol(attempt.clone(), error.to_string()))?;
        let sent = async {
            let context = self.frame_in_time(from).await?;
            self.session()
                .call_text(&context, World::Page, FETCH, &[string(&text)])
                .await
        };
        sent.await.map(drop).map_err(|error| error.during(attempt))
    }

    /// Title of the tab's document.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn title(&self) -> Result<String> {
        self.start_over(async || {
            self.session()
                .call_text(self.id(), World::Sandbox, TITLE, &[])
                .await
        })
        .await
        .map_err(|error| error.during("read the title"))
    }
}
