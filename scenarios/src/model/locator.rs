//! How a scenario names an element on a page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The ways of naming an element, of which a locator has exactly one.
pub(crate) const LOCATOR_WAYS: [&str; 7] =
    ["role", "text", "label", "placeholder", "test-id", "css", "named"];

/// An element, named as a person would: by role and accessible name, text, label; or by test id, CSS, or
/// a name from the locator map. Exactly one of `role`, `text`, `label`, `placeholder`, `test-id`, `css`, `named` is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Locator {
    /// ARIA role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Accessible name, only with `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Visible text of the innermost element that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Text of the form field's label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Placeholder of the form field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// Value of `data-testid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_id: Option<String>,
    /// CSS selector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// A name from `rehearse.toml`, where `[locators.NAME]` gives one of the other ways. Beside it only `frame` and `nth` count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// The name or text need only be contained, letter case aside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partly: bool,
    /// Elements that are hidden count too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The frame it is in; the tab's own document when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<FrameName>,
    /// Only inside this element.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Box<Locator>>,
    /// Which of several, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<usize>,
}

/// A frame: the name of an origin of the world (the first frame with a document of that origin), or a URL
/// pattern with `*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FrameName(pub String);
