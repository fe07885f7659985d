//! `rehearse schema`: the JSON Schema of the scenario language.

use crate::arguments::{Schema, SchemaKind};
use crate::exit::{Exit, Failure};

pub(crate) fn execute(arguments: &Schema) -> Result<Exit, Failure> {
    let schema = match arguments.kind {
        SchemaKind::Scenario => scenarios::schema(scenarios::SchemaKind::Scenario),
        SchemaKind::Prelude => scenarios::schema(scenarios::SchemaKind::Prelude),
        SchemaKind::Sabotage => scenarios::schema(scenarios::SchemaKind::Sabotage),
        SchemaKind::Requirements => scenarios::schema(scenarios::SchemaKind::Requirements),
        SchemaKind::Stage => mocks::Ensemble::directions_schema(),
    };
    let text = serde_json::to_string_pretty(&schema)
        .map_err(|error| Failure::broken(format!("failed to write the schema: {error}")))?;
    anstream::println!("{text}");
    Ok(Exit::Passed)
}
