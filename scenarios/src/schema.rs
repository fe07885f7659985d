//! JSON Schemas of the catalogue's files, for editors.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use crate::model::{Area, Prelude, Sabotage, Scenario};

/// A kind of file in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchemaKind {
    /// `catalogue/<area>/<name>.yaml`.
    Scenario,
    /// `preludes/<name>.yaml`.
    Prelude,
    /// `sabotage/<area>/<name>.yaml`.
    Sabotage,
    /// `requirements/<area>.yaml`.
    Requirements,
}

impl SchemaKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Scenario, Self::Prelude, Self::Sabotage, Self::Requirements];

    /// Its name: `scenario`, `prelude`, `sabotage`, `requirements`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scenario => "scenario",
            Self::Prelude => "prelude",
            Self::Sabotage => "sabotage",
            Self::Requirements => "requirements",
        }
    }
}

/// The JSON Schema (2020-12) of a kind of file.
#[must_use]
pub fn schema(kind: SchemaKind) -> Value {
    match kind {
        SchemaKind::Scenario => of::<Scenario>(),
        SchemaKind::Prelude => of::<Prelude>(),
        SchemaKind::Sabotage => of::<Sabotage>(),
        SchemaKind::Requirements => of::<Area>(),
    }
}

fn of<T: JsonSchema>() -> Value {
    let generator: SchemaGenerator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    generator.into_root_schema_for::<T>().to_value()
}
