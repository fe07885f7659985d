//! A scenario file, a prelude file and the requirement list.

use std::collections::BTreeMap;
use std::fmt;

use super::{Fault, Step, Stub};
use crate::Located;
use schemars::JsonSchema;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// One user flow and what must hold in it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// One sentence that says what must hold.
    pub title: String,
    /// Why it matters, or what a reader should know.
    #[serde(default)]
    pub description: Option<String>,
    /// Ids of the requirements this proves, one at least: rows of `scenarios/requirements`, which `rehearse list --coverage` lists.
    pub covers: Vec<Located<String>>,
    /// The world it plays in.
    pub world: String,
    /// Who signs in; `${persona.email}` and the like refer to it.
    #[serde(default)]
    pub persona: Option<String>,
    /// Values of the world's switches, where not the default.
    #[serde(default)]
    pub switches: BTreeMap<String, String>,
    /// Runs the scenario once for each combination; `${name}` (or `${name.field}`) stands for the value
    /// anywhere in the file, and the id gets `[name=value]`.
    #[serde(default)]
    pub variants: BTreeMap<String, Vec<VariantValue>>,
    /// Third-party-cookie policy this scenario needs; otherwise the run's own (`allow`).
    #[serde(default)]
    pub third_party_cookies: Option<CookiePolicy>,
    /// Engines it can run in; elsewhere it is skipped with that reason.
    #[serde(default)]
    pub engines: Option<Vec<Engine>>,
    /// How the mocks behave from the start: mock to direction. `rehearse schema stage` prints the directions each mock takes.
    #[serde(default)]
    pub stage: BTreeMap<String, Value>,
    /// Faults that the gateway applies from the start.
    #[serde(default)]
    #[schemars(with = "Vec<Fault>")]
    pub faults: Vec<Value>,
    /// Further hosts, declared here and served by stubs.
    #[serde(default)]
    #[schemars(with = "Vec<Stub>")]
    pub stubs: Vec<Value>,
    /// Invariants this scenario breaks on purpose.
    #[serde(default)]
    pub tolerate: Vec<Located<Tolerance>>,
    /// What the person and the outside world do, and what must then hold.
    pub steps: Vec<Located<Step>>,
}

/// A value of a variant: a plain one, or one with named fields of which `id` goes into the scenario's id.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum VariantValue {
    /// A truth value.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Named fields; `id` is required.
    Fields(BTreeMap<String, Value>),
}

/// What the browser does with third-party cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CookiePolicy {
    /// They are sent and kept.
    Allow,
    /// They are neither sent nor kept, but for those with `Partitioned` (CHIPS). In Chromium this is the same as `partition`.
    Block,
    /// They are kept apart by top-level site. In Chromium: unpartitioned ones are blocked, those with
    /// `Partitioned` (CHIPS) are kept.
    Partition,
}

/// A browser engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Chromium, by ChromeDriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
}

/// An invariant that a scenario breaks on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tolerance {
    /// The invariant's id.
    pub rule: String,
    /// Only findings whose text contains this; all findings of the rule when absent.
    #[serde(default)]
    pub containing: Option<String>,
    /// Why it is meant.
    pub because: String,
}

/// Steps that many scenarios begin with.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Prelude {
    /// What the steps do, in a sentence.
    pub title: String,
    /// Parameters with their defaults; `${name}` stands for them in the steps.
    #[serde(default)]
    pub parameters: BTreeMap<String, Value>,
    /// The steps.
    pub steps: Vec<Located<Step>>,
}

/// A list of requirements of one area: `requirements/<area>.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Area {
    /// The area's name.
    pub area: String,
    /// Whether every row must be covered.
    pub finished: bool,
    /// The rows.
    pub requirements: Vec<Located<Requirement>>,
}

/// One row that must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Requirement {
    /// Its id.
    pub id: String,
    /// What must hold, in a sentence or two.
    pub title: String,
    /// Who keeps it.
    pub owner: Owner,
}

/// Who keeps a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// A front end; at least one sabotage must turn a covering scenario red.
    FrontEnd,
    /// A mock.
    Mock,
    /// The harness.
    Harness,
}

impl VariantValue {
    /// What goes into the scenario's id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Fields(fields) => match fields.get("id") {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            },
        }
    }
}

impl<'de> Deserialize<'de> for VariantValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(VariantVisitor)
    }
}

struct VariantVisitor;

impl<'de> Visitor<'de> for VariantVisitor {
    type Value = VariantValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, a whole number, `true`, `false`, or fields with an `id`")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<VariantValue, E> {
        Ok(VariantValue::Flag(flag))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<VariantValue, E> {
        Ok(VariantValue::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<VariantValue, E> {
        let number = i64::try_from(number);
        number
            .map(VariantValue::Number)
            .map_err(|_| E::custom("this number is too large for a variant"))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<VariantValue, E> {
        Ok(VariantValue::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<VariantValue, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            fields.insert(name, value);
        }
        match fields.get("id") {
            Some(Value::String(_) | Value::Number(_) | Value::Bool(_)) => Ok(VariantValue::Fields(fields)),
            Some(_) => Err(de::Error::custom("the `id` of a variant must be a text")),
            None => Err(de::Error::custom(
                "a variant with fields needs an `id`, which goes into the scenario's id",
            )),
        }
    }
}

impl fmt::Display for CookiePolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Allow => "allow",
            Self::Block => "block",
            Self::Partition => "partition",
        })
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        })
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::FrontEnd => "front-end",
            Self::Mock => "mock",
            Self::Harness => "harness",
        })
    }
}
