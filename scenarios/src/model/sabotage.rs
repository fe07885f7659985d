//! A known-bad edit that must turn scenarios red.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A known-bad edit to what the world serves, and the scenarios it must turn red.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sabotage {
    /// What is wrong with the edited product, in a sentence.
    pub title: String,
    /// Name of the origin whose responses are edited.
    pub origin: String,
    /// The edit.
    pub edit: Edit,
    /// Scenarios that must fail: `area/name`, without variants (one failing variant is enough), or with.
    pub kills: Vec<String>,
}

/// An edit of one response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields, rename_all = "kebab-case")]
pub enum Edit {
    /// Replaces a text that must stand exactly once in the file.
    Replace {
        /// Path of the file on its origin, or its end (`TicketEmbedPanel.js`).
        file: String,
        /// The text.
        find: String,
        /// What stands there instead.
        replace: String,
    },
    /// Leaves out a response header field.
    DropHeader {
        /// Path of the response.
        path: String,
        /// Name of the header field.
        drop_header: String,
    },
}
