//! Values that cross the border to page code.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A reference to a DOM node, valid in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Node {
    /// The reference.
    #[serde(rename = "sharedId")]
    pub(crate) shared_id: String,
}

/// A value from page code, as far as the harness reads it.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Remote {
    /// A string.
    String {
        /// Its text.
        value: String,
    },
    /// A DOM node.
    Node {
        /// Its reference.
        #[serde(rename = "sharedId")]
        shared_id: Option<String>,
    },
    /// A window.
    Window {
        /// Whose window.
        value: WindowValue,
    },
    /// A list.
    Array {
        /// Its items.
        #[serde(default)]
        value: Vec<Remote>,
    },
    /// Anything else.
    #[serde(other)]
    Other,
}

/// What a window stands for.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct WindowValue {
    /// Browsing context id.
    pub(crate) context: String,
}

impl Remote {
    /// The text of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::String { value } => Some(value),
            _ => None,
        }
    }

    /// The items of a list.
    pub(crate) fn into_items(self) -> Vec<Remote> {
        match self {
            Self::Array { value } => value,
            _ => Vec::new(),
        }
    }

    /// The reference of a node.
    pub(crate) fn into_node(self) -> Option<Node> {
        match self {
            Self::Node { shared_id } => shared_id.map(|shared_id| Node { shared_id }),
            _ => None,
        }
    }
}

/// A string as an argument.
pub(crate) fn string(text: &str) -> Value {
    json!({"type": "string", "value": text})
}

/// A number as an argument.
pub(crate) fn number(value: f64) -> Value {
    json!({"type": "number", "value": value})
}

/// A node as an argument.
pub(crate) fn node(node: &Node) -> Value {
    json!({"sharedId": node.shared_id})
}
