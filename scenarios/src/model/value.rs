//! Small values of the language: patterns, counts, spans of time.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a value must be like. A plain value must be equal; an object must be contained member by member;
/// an array must be equal item by item. An object whose only key begins with `$` is a test:
/// `$any: true`, `$absent: true`, `$contains: text`, `$starts-with: text`, `$ends-with: text`,
/// `$matches: regular expression`, `$not: pattern`, `$one-of: [patterns]`, `$type: string|number|boolean|object|array|null`,
/// `$at-least: number`, `$at-most: number`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Pattern(pub Value);

/// How many: a number, or bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Count {
    /// Exactly so many.
    Exactly(u64),
    /// Within bounds, both inclusive.
    Between {
        /// No fewer.
        #[serde(default, rename = "at-least")]
        at_least: u64,
        /// No more; without limit when absent.
        #[serde(default, rename = "at-most", skip_serializing_if = "Option::is_none")]
        at_most: Option<u64>,
    },
}

impl Count {
    /// At least one: what an expectation means when it gives no count.
    pub const SOME: Self = Self::Between {
        at_least: 1,
        at_most: None,
    };

    /// Whether a number is within the bounds.
    #[must_use]
    pub fn admits(&self, number: u64) -> bool {
        match *self {
            Self::Exactly(exact) => number == exact,
            Self::Between { at_least, at_most } => number >= at_least && at_most.is_none_or(|most| number <= most),
        }
    }

    /// Whether more events can still break it: then it is judged only after the world has settled.
    #[must_use]
    pub fn has_upper_bound(&self) -> bool {
        !matches!(self, Self::Between { at_most: None, .. })
    }
}

/// A span of time, written `250ms`, `10s`, `2m`, `1h59m59s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub struct Span(pub Duration);
