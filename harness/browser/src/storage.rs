//! Web storage, as a frame's document has it.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bidi::value::string;
use crate::registry::World;
use crate::tab::Tab;
use crate::{Error, ErrorKind, FrameSelector, Result};

/// Web storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageArea {
    /// `localStorage`.
    Local,
    /// `sessionStorage`.
    Session,
}

impl StorageArea {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Local, Self::Session];

    /// Its name, as in scenarios.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Session => "session",
        }
    }
}

/// What web storage holds under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// This value.
    Value(String),
    /// Nothing.
    Absent,
    /// Nobody knows: no document of the tab is the one asked for, or it may not use storage.
    OutOfReach,
}

const STORAGE: &str = "(area, key) => rehearse.storage(area, key)";
const STORAGE_ENTRIES: &str = "(area) => rehearse.storageEntries(area)";

/// What page code answers where it may use storage.
#[derive(Debug, Deserialize)]
struct Slot {
    value: Option<String>,
}

impl Tab {
    /// One value of a frame's web storage. Starts over when the document is replaced meanwhile.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn storage(&self, frame: &FrameSelector, area: StorageArea, key: &str) -> Result<Stored> {
        let arguments = [string(area.name()), string(key)];
        let slot: Option<Option<Slot>> = self.read_storage(frame, STORAGE, &arguments).await?;
        Ok(slot.flatten().map_or(Stored::OutOfReach, |slot| {
            slot.value.map_or(Stored::Absent, Stored::Value)
        }))
    }

    /// Every entry of a frame's web storage; none where it is out of reach.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn storage_entries(
        &self,
        frame: &FrameSelector,
        area: StorageArea,
    ) -> Result<Vec<(String, String)>> {
        let entries = self
            .read_storage(frame, STORAGE_ENTRIES, &[string(area.name())])
            .await?;
        Ok(entries.unwrap_or_default())
    }

    async fn read_storage<T: DeserializeOwned>(
        &self,
        frame: &FrameSelector,
        function: &str,
        arguments: &[serde_json::Value],
    ) -> Result<Option<T>> {
        let attempt = "read a frame's storage";
        let read = async || {
            let found = self.select_frames(frame).await?;
            let Some(context) = found.first() else {
                return Ok(None);
            };
            self.session()
                .call_text(context, World::Sandbox, function, arguments)
                .await
                .map(Some)
        };
        match self.look_again(read).await.map(Option::flatten) {
            Ok(Some(text)) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| Error::protocol(attempt, error.to_string())),
            Ok(None) => Ok(None),
            // A document without page code, such as that of a failed load, keeps nothing that anybody could read.
            Err(error) if matches!(error.kind(), ErrorKind::Script { .. }) => Ok(None),
            Err(error) => Err(error.during(attempt)),
        }
    }
}
