//! Messages that the scenario itself posts.

use std::time::Duration;

use journal::fact::{Frame, MessageSent};
use journal::{Fact, Source};
use serde::Deserialize;
use serde_json::Value;

use crate::bidi::value::{Remote, string};
use crate::registry::World;
use crate::tab::Tab;
use crate::{Error, FrameSelector, Result};

/// Who posts a message for the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A frame that is there, as its own page code would.
    Frame(FrameSelector),
    /// Another origin: a popup of it, opened by the target's tab, posts to its opener. One popup per
    /// address and tab is kept, and it is none of [`crate::UserContext::tabs`]. The origin must serve
    /// `/.well-known/rehearse/blank`.
    Origin {
        /// `scheme://host[:port]`.
        origin: String,
        /// Under `Content-Security-Policy: sandbox allow-scripts` (`?opaque`), so that its origin is `null`.
        opaque: bool,
    },
}

/// The page that an origin serves for messages posted in its name.
const BLANK: &str = "/.well-known/rehearse/blank";

/// Where a target window is, seen from the sender's.
#[derive(Debug, Clone, Copy)]
enum Root {
    /// From the tab's own window.
    Top,
    /// From the window that opened the sender's.
    Opener,
}

impl Root {
    fn expression(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Opener => "opener",
        }
    }
}

/// What the sending frame says of itself.
#[derive(Deserialize)]
struct Posted {
    origin: String,
    url: String,
    ms: f64,
}

/// Windows of a frame's children, in the order of `window[n]`.
const CHILDREN: &str = "() => Array.from({ length: window.length }, (_, at) => window[at])";
const OPEN: &str = "(url) => { open(url, '_blank', 'popup'); return ''; }";
/// Runs in the sandbox, where `opener` is the window itself and clocks are not shifted.
const POST: &str = "(root, path, data, targetOrigin) => {
    let target = root === 'opener' ? window.opener : window.top;
    if (!target) return '';
    for (const at of JSON.parse(path)) target = target[at];
    const ms = performance.timeOrigin + performance.now();
    target.postMessage(JSON.parse(data), targetOrigin);
    return JSON.stringify({ origin: self.origin, url: document.URL, ms });
}";

impl Tab {
    /// Posts a message to a frame of this tab, from a frame or from another origin, and records it as
    /// sent by the scenario. `target_origin` is `*` unless given.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Blocked`] when sender or target cannot be had.
    pub async fn post_message(
        &self,
        from: &Sender,
        to: &FrameSelector,
        data: &Value,
        target_origin: Option<&str>,
    ) -> Result<()> {
        let attempt = match from {
            Sender::Frame(frame) => format!("post a message from {frame} to {to}"),
            Sender::Origin { origin, .. } => format!("post a message from {origin} to {to}"),
        };
        self.start_over(async || self.post(from, to, data, target_origin.unwrap_or("*")).await)
            .await
            .map_err(|error| error.during(attempt))
    }

    async fn post(&self, from: &Sender, to: &FrameSelector, data: &Value, target_origin: &str) -> Result<()> {
        let target = self.frame_in_time(to).await?;
        let path = self.path_to(&target).await?;
        let (context, tab, root) = match from {
            Sender::Frame(frame) => {
                let context = self.frame_in_time(frame).await?;
                (context, self.id().to_owned(), Root::Top)
            }
            Sender::Origin { origin, opaque } => {
                let popup = self.sender_popup(origin, *opaque).await?;
                (popup.clone(), popup, Root::Opener)
            }
        };
        let arguments = [
            string(root.expression()),
            string(&serde_json::to_string(&path).unwrap_or_default()),
            string(&data.to_string()),
            string(target_origin),
        ];
        let text = self
            .session()
            .call_text(&context, World::Sandbox, POST, &arguments)
            .await?;
        if text.is_empty() {
            return Err(unavailable("the sender cannot reach the target's window"));
        }
        let posted: Posted = serde_json::from_str(&text)
            .map_err(|error| Error::protocol("read what was posted", error.to_string()))?;
        let via = match root {
            Root::Opener if path.is_empty() => "opener",
            Root::Top if path.is_empty() && context == target => "self",
            Root::Top if path.is_empty() => "parent",
            Root::Top | Root::Opener => "frame",
        };
        let fact = MessageSent {
            from: Frame {
                context,
                tab,
                origin: posted.origin,
                url: posted.url,
            },
            target_origin: target_origin.to_owned(),
            via: via.to_owned(),
            data: data.clone(),
            page_ms: posted.ms,
            nth: 0,
            staged: true,
        };
        self.inner
            .share
            .recorder
            .record(Source::Runner, None, Fact::MessageSent(fact));
        Ok(())
    }

    /// Indices that lead from the tab's window down to a frame's.
    async fn path_to(&self, target: &str) -> Result<Vec<usize>> {
        let frames = self.session().registry.frames_of_tab(self.id());
        let mut path = Vec::new();
        let mut child = target.to_owned();
        while let Some(parent) = frames
            .iter()
            .find(|frame| frame.context == child)
            .and_then(|frame| frame.parent.clone())
        {
            let windows = self
                .session()
                .call(&parent, World::Page, CHILDREN, &[])
                .await?
                .into_items();
            let at = windows
                .iter()
                .position(|window| matches!(window, Remote::Window { value } if value.context == child))
                .ok_or_else(|| unavailable("the target's window is gone"))?;
            path.insert(0, at);
            child = parent;
        }
        Ok(path)
    }

    /// The popup that posts for an origin, opened when it is first needed.
    async fn sender_popup(&self, origin: &str, opaque: bool) -> Result<String> {
        let url = format!("{origin}{BLANK}{}", if opaque { "?opaque" } else { "" });
        let key = (self.id().to_owned(), url.clone());
        let registry = &self.session().registry;
        let known = self.inner.senders().get(&key).cloned();
        if let Some(known) = known
            && registry.exists(&known)
        {
            return Ok(known);
        }
        let before = self.inner.frames();
        self.session()
            .call_with(self.id(), World::Page, OPEN, &[string(&url)], true, None)
            .await?;
        let mut patience = self.inner.patience();
        let mut changes = registry.changes();
        loop {
            changes.borrow_and_update();
            let popup = self.inner.frames().into_iter().find(|frame| {
                frame.parent.is_none() && !before.iter().any(|known| known.context == frame.context)
            });
            if let Some(popup) = &popup {
                self.inner.senders().insert(key.clone(), popup.context.clone());
                if popup.url == url && popup.listens && registry.is_parsed(&popup.context) {
                    self.activate().await?;
                    return Ok(popup.context.clone());
                }
            }
            if patience.is_over() {
                self.activate().await?;
                let seen = match popup {
                    Some(popup) => format!("the popup at {url} does not load; it is at {}", popup.url),
                    None => format!("no popup opens for {url}"),
                };
                return Err(Error::blocked("", patience.waited(), seen));
            }
            let look = Duration::from_millis(100);
            let _ = tokio::time::timeout(look, changes.changed()).await;
        }
    }
}

/// At once, or after what somebody else has waited for.
fn unavailable(last_seen: &str) -> Error {
    Error::blocked("", Duration::ZERO, last_seen)
}
