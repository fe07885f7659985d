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
    /// A name from `rehearse.toml`, where `[locators.NAME]` gives one of the other ways. `frame` and `nth` beside it take
    /// the place of those given there; `within` and `hidden` count besides.
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

impl Locator {
    /// What a named locator means, given what its name stands for.
    #[must_use]
    pub fn resolved(&self, mapped: &Self) -> Self {
        Self {
            hidden: self.hidden || mapped.hidden,
            frame: self.frame.clone().or_else(|| mapped.frame.clone()),
            within: match (&mapped.within, &self.within) {
                (Some(inner), Some(outer)) => Some(Box::new(inner.inside(outer))),
                (inner, outer) => inner.clone().or_else(|| outer.clone()),
            },
            nth: self.nth.or(mapped.nth),
            ..mapped.clone()
        }
    }

    /// The same element, only inside another one.
    fn inside(&self, outer: &Self) -> Self {
        let within = match &self.within {
            Some(within) => within.inside(outer),
            None => outer.clone(),
        };
        Self {
            within: Some(Box::new(within)),
            ..self.clone()
        }
    }
}

/// A frame: the name of an origin of the world (the first frame with a document of that origin), or a URL
/// pattern with `*`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FrameName(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    fn css(selector: &str) -> Locator {
        Locator {
            css: Some(selector.to_owned()),
            ..Locator::default()
        }
    }

    fn within(inner: Locator, outer: Locator) -> Locator {
        Locator {
            within: Some(Box::new(outer)),
            ..inner
        }
    }

    fn named() -> Locator {
        Locator {
            named: Some("save".to_owned()),
            ..Locator::default()
        }
    }

    #[test]
    fn what_stands_beside_a_name_counts() {
        let mapped = Locator {
            frame: Some(FrameName("crm".to_owned())),
            nth: Some(1),
            ..css("button")
        };
        assert_eq!(named().resolved(&mapped), mapped);
        let beside = Locator {
            frame: Some(FrameName("attacker".to_owned())),
            nth: Some(2),
            hidden: true,
            ..named()
        };
        let resolved = Locator {
            named: None,
            css: Some("button".to_owned()),
            ..beside.clone()
        };
        assert_eq!(beside.resolved(&mapped), resolved);
    }

    #[test]
    fn what_lies_around_a_name_lies_around_all_of_it() {
        let around = within(named(), css("main"));
        assert_eq!(
            around.resolved(&css("button")),
            within(css("button"), css("main"))
        );
        let mapped = within(css("button"), within(css("li"), css("ul")));
        assert_eq!(
            around.resolved(&mapped),
            within(css("button"), within(css("li"), within(css("ul"), css("main"))))
        );
    }
}
