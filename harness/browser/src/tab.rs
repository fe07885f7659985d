//! A tab and what a person does in it.

use serde_json::Value;

use crate::{Element, Error, ErrorKind, FrameSelector, Locator, Result, Sender, Violation};

/// A tab. Cheap to clone: clones are the same tab.
#[derive(Debug, Clone)]
pub struct Tab {}

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

/// How to click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClickOptions {
    /// How many times in quick succession.
    pub count: u32,
}

impl Default for ClickOptions {
    fn default() -> Self {
        Self { count: 1 }
    }
}

/// Web storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageArea {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
}

fn later() -> Error {
    Error::new(
        "",
        ErrorKind::Unsupported {
            what: "do it yet".into(),
        },
    )
}

impl Tab {
    /// Its BiDi browsing context id.
    #[must_use]
    pub fn id(&self) -> &str {
        ""
    }

    /// Types a URL into the address bar: waits until the document is parsed and its modules have run.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] when the page cannot be loaded.
    pub async fn navigate(&self, url: &str) -> Result<Navigated> {
        let _ = url;
        Err(later())
    }

    /// Reloads the page.
    ///
    /// # Errors
    /// As [`Tab::navigate`].
    pub async fn reload(&self) -> Result<Navigated> {
        Err(later())
    }

    /// Goes back one entry in the tab's history.
    ///
    /// # Errors
    /// There is no such entry, or the browser is gone.
    pub async fn back(&self) -> Result<()> {
        Err(later())
    }

    /// Brings the tab to the front.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn activate(&self) -> Result<()> {
        Err(later())
    }

    /// Closes the tab, as a person does.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn close(&self) -> Result<()> {
        Err(later())
    }

    /// URL of the tab's document.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn url(&self) -> Result<String> {
        Err(later())
    }

    /// The frames of the tab, its own document first, in tree order.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn frames(&self) -> Result<Vec<FrameInfo>> {
        Err(later())
    }

    /// Clicks an element, when it is there, unique, visible, enabled, still and not covered.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] when that never came true.
    pub async fn click(&self, target: &Locator, options: ClickOptions) -> Result<()> {
        let _ = (target, options);
        Err(later())
    }

    /// Replaces the content of a field by typing.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn fill(&self, target: &Locator, text: &str) -> Result<()> {
        let _ = (target, text);
        Err(later())
    }

    /// Chooses an option of a `select` by its label.
    ///
    /// # Errors
    /// As [`Tab::click`]; also when there is no such option.
    pub async fn select(&self, target: &Locator, option: &str) -> Result<()> {
        let _ = (target, option);
        Err(later())
    }

    /// Presses a key or a chord such as `Escape`, `Control+k`, `Shift+Tab`, on an element, else where
    /// the focus is.
    ///
    /// # Errors
    /// As [`Tab::click`]; also for a key that is not known.
    pub async fn press(&self, keys: &str, on: Option<&Locator>) -> Result<()> {
        let _ = (keys, on);
        Err(later())
    }

    /// Gives an element the focus.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn focus(&self, target: &Locator) -> Result<()> {
        let _ = target;
        Err(later())
    }

    /// Moves the pointer over an element.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn hover(&self, target: &Locator) -> Result<()> {
        let _ = target;
        Err(later())
    }

    /// Scrolls an element into view.
    ///
    /// # Errors
    /// As [`Tab::click`].
    pub async fn scroll_into_view(&self, target: &Locator) -> Result<()> {
        let _ = target;
        Err(later())
    }

    /// Every match as it is now, hidden ones too, without waiting. None where the frame is not there.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn describe(&self, target: &Locator) -> Result<Vec<Element>> {
        let _ = target;
        Err(later())
    }

    /// Posts a message to a frame of this tab, from a frame or from another origin.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] when sender or target cannot be had.
    pub async fn post_message(
        &self,
        from: &Sender,
        to: &FrameSelector,
        data: &Value,
        target_origin: Option<&str>,
    ) -> Result<()> {
        let _ = (from, to, data, target_origin);
        Err(later())
    }

    /// Navigates a frame elsewhere, as a page in it would by `location.assign`.
    ///
    /// # Errors
    /// [`ErrorKind::Blocked`] when there is no such frame.
    pub async fn navigate_frame(&self, frame: &FrameSelector, url: &str) -> Result<()> {
        let _ = (frame, url);
        Err(later())
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
        let _ = (frame, area, key);
        Err(later())
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
        let _ = (frame, area);
        Err(later())
    }

    /// Broken accessibility rules in a frame, or in the part of it that the locator names.
    ///
    /// # Errors
    /// The browser is gone, or `axe` is not axe-core's source text.
    pub async fn accessibility(
        &self,
        axe: &str,
        frame: &FrameSelector,
        within: Option<&Locator>,
    ) -> Result<Vec<Violation>> {
        let _ = (axe, frame, within);
        Err(later())
    }

    /// A picture of the viewport, as PNG.
    ///
    /// # Errors
    /// The tab or the browser is gone.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        Err(later())
    }
}
