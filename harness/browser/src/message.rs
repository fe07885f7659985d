//! Messages that the scenario itself posts.

use crate::FrameSelector;

/// Who posts a message for the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sender {
    /// A frame that is there, as its own page code would.
    Frame(FrameSelector),
    /// Another origin: a popup of it, opened by the target's tab, posts to its opener. One popup per
    /// origin and tab is kept. The origin must serve `/.well-known/rehearse/blank`.
    Origin {
        /// `scheme://host[:port]`.
        origin: String,
        /// Under `Content-Security-Policy: sandbox allow-scripts` (`?opaque`), so that its origin is `null`.
        opaque: bool,
    },
}
