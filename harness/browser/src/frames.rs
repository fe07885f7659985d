//! The frames of a tab: what they are, which of them is meant, and where one is sent.

use futures_util::future::join_all;
use serde::Deserialize;

use crate::bidi::value::string;
use crate::registry::{FrameView, World, origin_of};
use crate::tab::Tab;
use crate::{Error, ErrorKind, FrameSelector, Result};

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

#[derive(Deserialize)]
struct Who {
    origin: String,
    url: String,
}

const WHO: &str = "() => rehearse.who()";
const ASSIGN: &str = "(url) => { location.assign(url); }";

impl Tab {
    /// The frames of the tab, its own document first, in tree order.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn frames(&self) -> Result<Vec<FrameInfo>> {
        let known = self.session().registry.frames_of_tab(self.id());
        let asked = join_all(known.iter().map(|frame| self.ask_frame(frame))).await;
        let frames = asked.into_iter().collect::<Result<Vec<_>>>();
        let frames = frames.map_err(|error| error.during("list the frames"))?;
        Ok(frames.into_iter().flatten().collect())
    }

    /// What a frame's document says of itself; what its URL says where it does not answer, none where it is gone.
    async fn ask_frame(&self, frame: &FrameView) -> Result<Option<FrameInfo>> {
        let registry = &self.session().registry;
        let realm = registry.realm(&frame.context, World::Sandbox);
        let answer = self
            .session()
            .call_text(&frame.context, World::Sandbox, WHO, &[])
            .await;
        match answer {
            Ok(text) => {
                let who: Option<Who> = serde_json::from_str(&text).ok();
                if let (Some(who), Some(realm)) = (&who, realm) {
                    registry.note_origin(&frame.context, realm, who.origin.clone());
                }
                Ok(Some(info(frame, who)))
            }
            Err(error) if error.is_gone() => Err(error),
            Err(error) if error.is_vanished() && !registry.exists(&frame.context) => Ok(None),
            Err(_) => Ok(Some(info(frame, None))),
        }
    }

    /// The first frame, in tree order, whose document has an origin. Documents are asked once.
    async fn first_of(&self, origin: &str) -> Result<Option<String>> {
        let registry = &self.session().registry;
        let known = registry.frames_of_tab(self.id());
        let origins = known
            .iter()
            .map(async |frame| match registry.origin(&frame.context) {
                Some(origin) => Ok(Some(origin)),
                None => Ok(self.ask_frame(frame).await?.map(|info| info.origin)),
            });
        for (frame, its) in known.iter().zip(join_all(origins).await) {
            if its?.as_deref() == Some(origin) {
                return Ok(Some(frame.context.clone()));
            }
        }
        Ok(None)
    }

    /// The frames a selector names, as they are now; empty where there is none.
    pub(crate) async fn select_frames(&self, selector: &FrameSelector) -> Result<Vec<String>> {
        let registry = &self.session().registry;
        let found = match selector {
            FrameSelector::Top => vec![self.id().to_owned()],
            FrameSelector::Context(id) => Some(id.clone())
                .filter(|id| registry.exists(id))
                .into_iter()
                .collect(),
            FrameSelector::Any => registry
                .frames_of_tab(self.id())
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
                let frames = registry.frames_of_tab(self.id());
                frames
                    .into_iter()
                    .find(|frame| glob.is_match(&frame.url))
                    .map(|frame| frame.context)
                    .into_iter()
                    .collect()
            }
            FrameSelector::Origin(origin) => self.first_of(origin).await?.into_iter().collect(),
        };
        Ok(found)
    }

    /// The one frame a selector names.
    pub(crate) async fn frame(&self, selector: &FrameSelector) -> Result<String> {
        let found = self.select_frames(selector).await?;
        found.into_iter().next().ok_or_else(|| {
            let frames = self.session().registry.frames_of_tab(self.id());
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
