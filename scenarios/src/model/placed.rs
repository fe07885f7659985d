//! An expectation that knows where it stands.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Expectation;
use crate::{Located, Location};

/// An expectation of an expect step, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedExpectation {
    /// The expectation.
    pub value: Expectation,
    /// Where it stands.
    pub location: Location,
    /// Its place in the play, `steps[4].expect[1]`: what observations in the journal refer to. Empty until the step
    /// has its place in a play.
    pub path: String,
}

impl<'de> Deserialize<'de> for PlacedExpectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Located { value, location } = Located::deserialize(deserializer)?;
        Ok(Self {
            value,
            location,
            path: String::new(),
        })
    }
}

impl Serialize for PlacedExpectation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl JsonSchema for PlacedExpectation {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Expectation::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        Expectation::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Expectation::json_schema(generator)
    }
}
