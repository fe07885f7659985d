//! Stage directions: how a scenario tells a mock to behave, as typed data with located mistakes.

mod change;
mod read;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

pub(crate) use change::Change;
pub(crate) use read::read;

/// A stage direction that a mock does not understand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{mock}{}: {message}{}", place(path), hint(suggestion.as_deref()))]
pub struct DirectionError {
    /// The mock, as named in the direction.
    pub mock: String,
    /// Where in the direction, as dotted path; empty for the whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

fn place(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(": {path}")
    }
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion
        .map(|meant| format!("; did you mean `{meant}`?"))
        .unwrap_or_default()
}

/// A direction of one mock: every part may be left out, and then stays as it was.
pub(crate) trait Direction: DeserializeOwned + JsonSchema {}

impl<T: DeserializeOwned + JsonSchema> Direction for T {}

/// No directions: for mocks that only ever do one thing.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undirected {}

/// Builds the JSON Schema of a `stage:` block: one property for each name.
pub(crate) struct SchemaOfStage {
    properties: Map<String, Value>,
    definitions: Map<String, Value>,
}

impl SchemaOfStage {
    pub(crate) fn new() -> Self {
        Self {
            properties: Map::new(),
            definitions: Map::new(),
        }
    }

    pub(crate) fn add<D: Direction>(&mut self, name: &str) {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let mut schema = generator.into_root_schema_for::<D>().to_value();
        if let Some(object) = schema.as_object_mut() {
            object.remove("$schema");
            if let Some(Value::Object(definitions)) = object.remove("$defs") {
                self.definitions.extend(definitions);
            }
        }
        self.properties.insert(name.to_owned(), schema);
    }

    pub(crate) fn finish(self) -> Value {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Stage directions",
            "type": "object",
            "additionalProperties": false,
            "properties": self.properties,
            "$defs": self.definitions,
        })
    }
}
