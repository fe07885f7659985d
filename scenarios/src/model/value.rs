//! Small values of the language: patterns, counts, spans of time.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// What a value must be like. A plain value must be equal, as text: `1` fits `"1"` too, and `$type` tells them apart; an object must be contained member by member;
/// an array must be equal item by item. An object whose only key begins with `$` is a test:
/// `$any: true`, `$absent: true`, `$contains: text`, `$starts-with: text`, `$ends-with: text`,
/// `$matches: regular expression`, `$not: pattern`, `$one-of: [patterns]`, `$type: string|number|boolean|object|array|null`,
/// `$at-least: number`, `$at-most: number`. `$contains` of an array asks whether it has an item like that.
/// Secrets and personal data, which reports show as pseudonyms, are compared as they were: `$contains: "@"` finds an address. A value in
/// another writing (`ayu%40mail.example`, `AYU@mail.example`) is another value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pattern(pub Value);

/// How many: a number, or bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
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
            Self::Between { at_least, at_most } => {
                number >= at_least && at_most.is_none_or(|most| number <= most)
            }
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

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exactly(0) => formatter.write_str("no"),
            Self::Exactly(exact) => write!(formatter, "exactly {exact}"),
            Self::Between {
                at_least,
                at_most: None,
            } => write!(formatter, "at least {at_least}"),
            Self::Between {
                at_least: 0,
                at_most: Some(most),
            } => write!(formatter, "at most {most}"),
            Self::Between {
                at_least,
                at_most: Some(most),
            } => write!(formatter, "{at_least} to {most}"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename = "Count")]
struct Bounds {
    #[serde(default)]
    at_least: Option<u64>,
    #[serde(default)]
    at_most: Option<u64>,
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct("Count", CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number, or `{ at-least: 1, at-most: 3 }`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Count, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Count, E> {
        Ok(Count::Exactly(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Count, E> {
        // A number that a placeholder stood for.
        let number = text.parse();
        number
            .map(Count::Exactly)
            .map_err(|_| E::invalid_type(de::Unexpected::Str(text), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Count, A::Error> {
        let bounds = Bounds::deserialize(MapAccessDeserializer::new(map))?;
        match (bounds.at_least, bounds.at_most) {
            (None, None) => Err(de::Error::custom(
                "a count without bounds: give `at-least`, `at-most` or both",
            )),
            (Some(least), Some(most)) if least > most => Err(de::Error::custom(format_args!(
                "no number is at least {least} and at most {most}"
            ))),
            (least, at_most) => Ok(Count::Between {
                at_least: least.unwrap_or(0),
                at_most,
            }),
        }
    }
}

impl Span {
    /// Reads `250ms`, `10s`, `2m`, `1h59m59s`: whole numbers with units, larger units first.
    ///
    /// # Errors
    /// What is wrong, for a person.
    pub fn parse(text: &str) -> Result<Self, String> {
        const UNITS: [(&str, u64); 5] = [
            ("d", 86_400_000),
            ("h", 3_600_000),
            ("m", 60_000),
            ("s", 1000),
            ("ms", 1),
        ];
        let wrong = |why: &str| {
            format!("`{text}` is no span of time: {why}; write `250ms`, `10s`, `2m` or `1h59m59s`")
        };
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(wrong("it is empty"));
        }
        let (mut total, mut next) = (0_u64, 0);
        while !rest.is_empty() {
            let digits = rest
                .find(|character: char| !character.is_ascii_digit())
                .unwrap_or(rest.len());
            let (number, tail) = rest.split_at(digits);
            let letters = tail
                .find(|character: char| !character.is_ascii_alphabetic())
                .unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            if number.is_empty() {
                return Err(wrong("a number is missing"));
            }
            if unit.is_empty() {
                return Err(wrong("a unit is missing"));
            }
            let Some(at) = UNITS.iter().position(|(name, _)| *name == unit) else {
                return Err(wrong(&format!("there is no unit `{unit}`")));
            };
            if at < next {
                return Err(wrong("larger units come first, and each once"));
            }
            next = at + 1;
            total = number
                .parse::<u64>()
                .ok()
                .and_then(|number| number.checked_mul(UNITS[at].1))
                .and_then(|part| total.checked_add(part))
                .filter(|total| *total <= LONGEST_MS)
                .ok_or_else(|| wrong("it is longer than ten years"))?;
            rest = tail;
        }
        Ok(Self(Duration::from_millis(total)))
    }
}

/// Ten years: longer spans are slips, and would overflow dates.
const LONGEST_MS: u64 = 3650 * 86_400_000;

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if rest == 0 {
            return formatter.write_str("0s");
        }
        for (unit, length) in [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] {
            if rest >= length {
                write!(formatter, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct("Span", SpanVisitor)
    }
}

struct SpanVisitor;

impl<'de> Visitor<'de> for SpanVisitor {
    type Value = Span;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a span of time such as `10s`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Span, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
        Span::parse(text).map_err(E::custom)
    }
}
