//! A known-bad edit that must turn scenarios red.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields, rename_all_fields = "kebab-case")]
pub enum Edit {
    /// Replaces a text that must stand exactly once in `file`: its path on the origin, or the end of it
    /// (`TicketEmbedPanel.js`). `*` stands for any text within one segment: `assets/index-*.js`.
    Replace {
        /// Path of the file on its origin, or its end (`TicketEmbedPanel.js`).
        file: String,
        /// The text.
        find: String,
        /// What stands there instead.
        replace: String,
    },
    /// Leaves out a header field of the response at `path`, written like `file`.
    DropHeader {
        /// Path of the response.
        path: String,
        /// Name of the header field.
        drop_header: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename = "Edit")]
struct EditFields {
    #[serde(default)]
    file: Option<String>,
    #[serde(default)]
    find: Option<String>,
    #[serde(default)]
    replace: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    drop_header: Option<String>,
}

impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = EditFields::deserialize(deserializer)?;
        match fields {
            EditFields {
                file: Some(file),
                find: Some(find),
                replace: Some(replace),
                path: None,
                drop_header: None,
            } => {
                if find.is_empty() {
                    return Err(de::Error::custom(
                        "`find` is empty: it must stand exactly once in the file",
                    ));
                }
                if find == replace {
                    return Err(de::Error::custom(
                        "`find` and `replace` are the same: nothing would be edited",
                    ));
                }
                Ok(Self::Replace { file, find, replace })
            }
            EditFields {
                file: None,
                find: None,
                replace: None,
                path: Some(path),
                drop_header: Some(drop_header),
            } => Ok(Self::DropHeader { path, drop_header }),
            _ => Err(de::Error::custom(
                "an edit is either `{ file, find, replace }` or `{ path, drop-header }`, with all of them given",
            )),
        }
    }
}
