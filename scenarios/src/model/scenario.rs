//! A scenario file, a prelude file and the requirement list.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_saphyr::Spanned;

use super::Step;

/// One user flow and what must hold in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// One sentence that says what must hold.
    pub title: String,
    /// Why it matters, or what a reader should know.
    #[serde(default)]
    pub description: Option<String>,
    /// Ids of the requirements this proves.
    #[schemars(with = "Vec<String>")]
    pub covers: Vec<Spanned<String>>,
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
    /// How the mocks behave from the start: mock to direction.
    #[serde(default)]
    pub stage: BTreeMap<String, Value>,
    /// Faults that the gateway applies from the start.
    #[serde(default)]
    pub faults: Vec<Value>,
    /// Further hosts, declared here and served by stubs.
    #[serde(default)]
    pub stubs: Vec<Value>,
    /// Invariants this scenario breaks on purpose.
    #[serde(default)]
    #[schemars(with = "Vec<Tolerance>")]
    pub tolerate: Vec<Spanned<Tolerance>>,
    /// What the person and the outside world do, and what must then hold.
    #[schemars(with = "Vec<Step>")]
    pub steps: Vec<Spanned<Step>>,
}

/// A value of a variant: a plain one, or one with named fields of which `id` goes into the scenario's id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// They are neither sent nor kept.
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
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Prelude {
    /// What the steps do, in a sentence.
    pub title: String,
    /// Parameters with their defaults; `${name}` stands for them in the steps.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// The steps.
    #[schemars(with = "Vec<Step>")]
    pub steps: Vec<Spanned<Step>>,
}

/// A list of requirements of one area: `requirements/<area>.yaml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Area {
    /// The area's name.
    pub area: String,
    /// Whether every row must be covered.
    pub finished: bool,
    /// The rows.
    pub requirements: Vec<Requirement>,
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
