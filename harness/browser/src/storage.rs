//! Web storage, as a frame's document has it.

use crate::bidi::value::string;
use crate::registry::World;
use crate::tab::Tab;
use crate::{FrameSelector, Result};

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

const STORAGE: &str = "(area, key) => rehearse.storage(area, key)";
const STORAGE_ENTRIES: &str = "(area) => rehearse.storageEntries(area)";

impl Tab {
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
}
