//! What an element looks like from outside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One element, as it was at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Element {
    /// BiDi browsing context id of its frame.
    #[serde(default)]
    pub context: String,
    /// Tag name in lower case.
    pub tag: String,
    /// ARIA role, explicit or implied; empty where it has none.
    pub role: String,
    /// Accessible name.
    pub name: String,
    /// Text as rendered (`innerText`).
    pub text: String,
    /// Value of a form control; the label of the chosen option for a `select`.
    pub value: Option<String>,
    /// Has a box, and neither it nor an ancestor is hidden.
    pub visible: bool,
    /// Not disabled, neither by attribute, fieldset nor `aria-disabled`.
    pub enabled: bool,
    /// Has the focus in its document.
    pub focused: bool,
    /// State of a checkbox, radio button or switch.
    pub checked: Option<bool>,
    /// `aria-expanded`.
    pub expanded: Option<bool>,
    /// All attributes.
    pub attributes: BTreeMap<String, String>,
    /// Where it is in its frame's viewport.
    pub bounds: Bounds,
}

/// A box in CSS pixels, relative to its frame's viewport.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A broken accessibility rule, as axe-core reports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Violation {
    /// Rule id, such as `color-contrast`.
    pub id: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    #[serde(default)]
    pub impact: Option<String>,
    /// What should be so.
    pub help: String,
    /// Where the rule is explained.
    pub help_url: String,
    /// The rule's tags, such as `wcag2aa`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The elements that break it: a selector, and why.
    pub nodes: Vec<ViolatingNode>,
}

/// An element that breaks an accessibility rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ViolatingNode {
    /// CSS selector, unique in its frame.
    pub selector: String,
    /// The start of its HTML.
    pub html: String,
    /// Why, in words.
    pub summary: String,
}
