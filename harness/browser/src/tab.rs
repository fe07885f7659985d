//! A tab: where it is, what frames it has, and how it moves.

use std::sync::Arc;

use base64::Engine as _;

use crate::bidi::Command;
use crate::bidi::command::{
    CaptureScreenshot, GetTree, Navigate, Navigation, ReadinessState, Reload, TraverseHistory,
};
use crate::session::Session;
use crate::user_context::Inner;
use crate::{Error, ErrorKind, Result};

/// A tab. Cheap to clone: clones are the same tab.
#[derive(Debug, Clone)]
pub struct Tab {
    pub(crate) inner: Arc<Inner>,
    id: String,
}

/// Where a navigation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Navigated {
    /// URL of the document that was shown, redirects followed.
    pub url: String,
}

impl Tab {
    pub(crate) fn new(inner: Arc<Inner>, id: String) -> Self {
        Self { inner, id }
    }

    pub(crate) fn session(&self) -> &Session {
        &self.inner.session
    }

    /// Its BiDi browsing context id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is still open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.session().registry.exists(&self.id)
    }

    /// Types a URL into the address bar: waits until the document is parsed and its modules have run.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] when the page cannot be loaded.
    pub async fn navigate(&self, url: &str) -> Result<Navigated> {
        let command = Navigate {
            context: &self.id,
            url,
            wait: ReadinessState::Interactive,
        };
        self.arrive(&command, &format!("open {url}")).await
    }

    /// Reloads the page.
    ///
    /// # Errors
    /// As [`Tab::navigate`].
    pub async fn reload(&self) -> Result<Navigated> {
        let command = Reload {
            context: &self.id,
            wait: ReadinessState::Interactive,
        };
        self.arrive(&command, "reload the page").await
    }

    async fn arrive<C: Command<Answer = Navigation>>(&self, command: &C, attempt: &str) -> Result<Navigated> {
        let begun = std::time::Instant::now();
        match self.session().send(command).await {
            Ok(answer) => Ok(Navigated {
                url: self.session().registry.url(&self.id).unwrap_or(answer.url),
            }),
            // The page sent itself elsewhere before it was parsed: it did load.
            Err(error) if is_superseded(&error) => Ok(Navigated {
                url: self.session().registry.url(&self.id).unwrap_or_default(),
            }),
            Err(error) => Err(match error.kind() {
                ErrorKind::Refused { message, .. } => Error::blocked(attempt, begun.elapsed(), message),
                ErrorKind::TimedOut { after } if self.session().is_alive() => {
                    Error::blocked(attempt, *after, "the page was still loading")
                }
                _ => error.during(attempt),
            }),
        }
    }

    /// Goes back one entry in the tab's history.
    ///
    /// # Errors
    /// There is no such entry, or the browser is gone.
    pub async fn back(&self) -> Result<()> {
        let command = TraverseHistory {
            context: &self.id,
            delta: -1,
        };
        match self.session().send(&command).await {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.kind() {
                ErrorKind::Refused { message, .. } => {
                    Error::blocked("go back", std::time::Duration::ZERO, message)
                }
                _ => error.during("go back"),
            }),
        }
    }

    /// Brings the tab to the front.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn activate(&self) -> Result<()> {
        self.inner
            .activate(&self.id)
            .await
            .map_err(|error| error.during("bring the tab to the front"))
    }

    /// Closes the tab, as a person does.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn close(&self) -> Result<()> {
        let senders: Vec<String> = {
            let mut senders = self.inner.senders();
            let own = senders.iter().filter(|((tab, _), _)| *tab == self.id);
            let own: Vec<String> = own.map(|(_, sender)| sender.clone()).collect();
            senders.retain(|(tab, _), _| *tab != self.id);
            own
        };
        for sender in senders {
            // Gone already is as good.
            let _ = self.inner.close_tab(&sender).await;
        }
        self.inner
            .close_tab(&self.id)
            .await
            .map_err(|error| error.during("close the tab"))
    }

    /// URL of the tab's document.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn url(&self) -> Result<String> {
        let tree = self
            .session()
            .send(&GetTree { root: Some(&self.id) })
            .await
            .map_err(|error| error.during("read the tab's URL"))?;
        tree.contexts
            .into_iter()
            .next()
            .map(|context| context.url)
            .ok_or_else(|| Error::protocol("read the tab's URL", "the tree is empty"))
    }

    /// A picture of the viewport, as PNG.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        let attempt = "take a screenshot";
        let shot = self
            .session()
            .send(&CaptureScreenshot { context: &self.id })
            .await
            .map_err(|error| error.during(attempt))?;
        base64::engine::general_purpose::STANDARD
            .decode(shot.data)
            .map_err(|error| Error::protocol(attempt, error.to_string()))
    }
}

/// The navigation ended because another one took its place.
fn is_superseded(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Refused { message, .. } => [
            "net::ERR_ABORTED",
            "navigation canceled",
            "NS_BINDING_ABORTED",
            "aborted",
        ]
        .iter()
        .any(|words| message.contains(words)),
        _ => false,
    }
}
