//! A tab: where it is, what frames it has, and how it moves.

use std::sync::Arc;

use base64::Engine as _;
use futures_util::future::join_all;
use serde::Deserialize;

use crate::bidi::Command;
use crate::bidi::command::{
    CaptureScreenshot, GetTree, Navigate, Navigation, ReadinessState, Reload, TraverseHistory,
};
use crate::bidi::value::string;
use crate::registry::{FrameView, World, origin_of};
use crate::session::Session;
use crate::user_context::Inner;
use crate::{Error, ErrorKind, FrameSelector, Result};

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

/// One frame of a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameInfo {
    /// BiDi browsing context id.
    pub context: String,
    /// The frame that holds it; none for the tab's own document.
    pub parent: Option<String>,
    /// URL of its document.
    pub url: String,
    /// Serialised origin of its document, `null` for an opaque one.
    pub origin: String,
}

/// Web storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageArea {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
}

impl StorageArea {
    fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Session => "session",
        }
    }
}

#[derive(Deserialize)]
struct Who {
    origin: String,
    url: String,
}

const WHO: &str = "() => rehearse.who()";
const STORAGE: &str = "(area, key) => rehearse.storage(area, key)";
const STORAGE_ENTRIES: &str = "(area) => rehearse.storageEntries(area)";
const ASSIGN: &str = "(url) => { location.assign(url); }";

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

    /// The frames of the tab, its own document first, in tree order.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn frames(&self) -> Result<Vec<FrameInfo>> {
        let known = self.session().registry.frames_of_tab(&self.id);
        let calls = known
            .iter()
            .map(|frame| self.session().call_text(&frame.context, World::Sandbox, WHO, &[]));
        let mut frames = Vec::new();
        for (frame, answer) in known.iter().zip(join_all(calls).await) {
            match answer {
                Ok(text) => {
                    let who: Option<Who> = serde_json::from_str(&text).ok();
                    frames.push(info(frame, who));
                }
                Err(error) if error.is_gone() => return Err(error.during("list the frames")),
                Err(error) if error.is_vanished() && !self.session().registry.exists(&frame.context) => {}
                Err(_) => frames.push(info(frame, None)),
            }
        }
        Ok(frames)
    }

    /// The frames a selector names, as they are now; empty where there is none.
    pub(crate) async fn select_frames(&self, selector: &FrameSelector) -> Result<Vec<String>> {
        let registry = &self.session().registry;
        let found = match selector {
            FrameSelector::Top => vec![self.id.clone()],
            FrameSelector::Context(id) => Some(id.clone())
                .filter(|id| registry.exists(id))
                .into_iter()
                .collect(),
            FrameSelector::Any => registry
                .frames_of_tab(&self.id)
                .into_iter()
                .map(|frame| frame.context)
                .collect(),
            FrameSelector::Url(glob) => {
                let glob = globset::GlobBuilder::new(glob)
                    .literal_separator(true)
                    .build()
                    .map_err(|error| {
                        Error::new(
                            format!("choose {selector}"),
                            ErrorKind::Refused {
                                code: "invalid glob".to_owned(),
                                message: error.to_string(),
                            },
                        )
                    })?
                    .compile_matcher();
                let frames = registry.frames_of_tab(&self.id);
                frames
                    .into_iter()
                    .find(|frame| glob.is_match(&frame.url))
                    .map(|frame| frame.context)
                    .into_iter()
                    .collect()
            }
            FrameSelector::Origin(origin) => self
                .frames()
                .await?
                .into_iter()
                .find(|frame| frame.origin == *origin)
                .map(|frame| frame.context)
                .into_iter()
                .collect(),
        };
        Ok(found)
    }

    /// The one frame a selector names.
    pub(crate) async fn frame(&self, selector: &FrameSelector) -> Result<String> {
        let found = self.select_frames(selector).await?;
        found.into_iter().next().ok_or_else(|| {
            let frames = self.session().registry.frames_of_tab(&self.id);
            let urls: Vec<String> = frames.into_iter().map(|frame| frame.url).collect();
            let seen = format!("the tab has {}", urls.join(", "));
            Error::blocked(format!("find {selector}"), std::time::Duration::ZERO, seen)
        })
    }

    /// The same, waiting until it is there.
    pub(crate) async fn frame_in_time(&self, selector: &FrameSelector) -> Result<String> {
        let mut patience = self.inner.patience();
        let mut changes = self.session().registry.changes();
        loop {
            changes.borrow_and_update();
            match self.frame(selector).await {
                Err(error) if error.is_blocked() => {
                    let left = patience.left();
                    if left.is_zero() {
                        return Err(error);
                    }
                    let look = left.min(std::time::Duration::from_millis(100));
                    let _ = tokio::time::timeout(look, changes.changed()).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Navigates a frame elsewhere, as a page in it would by `location.assign`.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] when there is no such frame.
    pub async fn navigate_frame(&self, frame: &FrameSelector, url: &str) -> Result<()> {
        let attempt = format!("send {frame} to {url}");
        let context = self
            .frame_in_time(frame)
            .await
            .map_err(|error| error.during(attempt.clone()))?;
        let begun = self
            .session()
            .call(&context, World::Page, ASSIGN, &[string(url)])
            .await;
        match begun {
            Ok(_) => Ok(()),
            // The document was replaced below the call: that is what was asked for.
            Err(error) if error.is_vanished() => Ok(()),
            Err(error) => Err(error.during(attempt)),
        }
    }

    /// One value of a frame's web storage; none where the key, the frame or the storage is not there.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn storage(
        &self,
        frame: &FrameSelector,
        area: StorageArea,
        key: &str,
    ) -> Result<Option<String>> {
        let arguments = [string(area.name()), string(key)];
        let text = self.read_storage(frame, STORAGE, &arguments).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).flatten())
    }

    /// Every entry of a frame's web storage.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn storage_entries(
        &self,
        frame: &FrameSelector,
        area: StorageArea,
    ) -> Result<Vec<(String, String)>> {
        let text = self
            .read_storage(frame, STORAGE_ENTRIES, &[string(area.name())])
            .await?;
        Ok(text
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    async fn read_storage(
        &self,
        frame: &FrameSelector,
        function: &str,
        arguments: &[serde_json::Value],
    ) -> Result<Option<String>> {
        let attempt = "read a frame's storage";
        let found = self
            .select_frames(frame)
            .await
            .map_err(|error| error.during(attempt))?;
        let Some(context) = found.first() else {
            return Ok(None);
        };
        let outcome = self
            .session()
            .call_text(context, World::Sandbox, function, arguments)
            .await;
        match outcome {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.is_vanished() => Ok(None),
            Err(error) => Err(error.during(attempt)),
        }
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

fn info(frame: &FrameView, who: Option<Who>) -> FrameInfo {
    let (origin, url) = match who {
        Some(who) => (who.origin, who.url),
        None => (origin_of(&frame.url), frame.url.clone()),
    };
    FrameInfo {
        context: frame.context.clone(),
        parent: frame.parent.clone(),
        url,
        origin,
    }
}
