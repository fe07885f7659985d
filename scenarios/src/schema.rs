//! JSON Schemas of the catalogue's files, for editors.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

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
///
/// It is for completion and first checks in an editor. The loader knows more: names that must exist, and placeholders.
#[must_use]
pub fn schema(kind: SchemaKind) -> Value {
    let mut schema = plain(kind);
    tidy(&mut schema);
    if matches!(kind, SchemaKind::Scenario | SchemaKind::Prelude) {
        admit_placeholders(&mut schema);
        refine(&mut schema);
    }
    schema
}

/// The schema as the types alone give it.
pub(crate) fn plain(kind: SchemaKind) -> Value {
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

/// Leaves out what helps no author, and joins the lines of descriptions.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, value| name != "format" && !(name == "default" && value.is_null()));
            if let Some(Value::String(description)) = members.get_mut("description") {
                *description = paragraphs(description).join("\n\n");
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// The paragraphs of a doc comment, each in one line.
pub(crate) fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(|part| part.replace('\n', " ")).collect()
}

/// Lets a placeholder stand where a number, a truth value or one of a few words is wanted.
fn admit_placeholders(schema: &mut Value) {
    const OF_WORDS: [&str; 3] = ["CookiePolicy", "Engine", "Count"];
    let placeholder = || json!({ "$ref": "#/$defs/Placeholder" });
    walk(schema, &|members| {
        let wanted = match members.get("type") {
            Some(Value::String(name)) => matches!(name.as_str(), "integer" | "boolean"),
            Some(Value::Array(names)) => names.iter().any(|name| name == "integer" || name == "boolean"),
            _ => false,
        };
        if !wanted {
            return;
        }
        let mut outer = Map::new();
        for name in ["description", "default"] {
            if let Some(value) = members.remove(name) {
                outer.insert(name.to_owned(), value);
            }
        }
        outer.insert(
            "anyOf".to_owned(),
            json!([Value::Object(std::mem::take(members)), placeholder()]),
        );
        *members = outer;
    });
    let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) else {
        return;
    };
    for name in OF_WORDS {
        let choices = definitions
            .get_mut(name)
            .and_then(Value::as_object_mut)
            .and_then(|definition| {
                let key = if definition.contains_key("oneOf") {
                    "oneOf"
                } else {
                    "anyOf"
                };
                definition.get_mut(key).and_then(Value::as_array_mut)
            });
        if let Some(choices) = choices {
            choices.push(placeholder());
        }
    }
    definitions.insert(
        "Placeholder".to_owned(),
        json!({
            "description": "A placeholder: its value takes its place.",
            "type": "string",
            "pattern": "^\\$\\{.+\\}$"
        }),
    );
}

fn walk(schema: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(|member| walk(member, change));
            change(members);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        _ => {}
    }
}

/// Adds rules that hold between the fields of a type.
fn refine(schema: &mut Value) {
    let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) else {
        return;
    };
    if let Some(Value::Object(locator)) = definitions.get_mut("Locator") {
        let ways = crate::model::LOCATOR_WAYS.map(|way| json!({ "required": [way] }));
        locator.insert("oneOf".to_owned(), Value::Array(ways.to_vec()));
        locator.insert("dependentRequired".to_owned(), json!({ "name": ["role"] }));
    }
    if let Some(Value::Object(fault)) = definitions.get_mut("Fault") {
        let effects = crate::model::FAULT_EFFECTS.map(|effect| json!({ "required": [effect] }));
        fault.insert("oneOf".to_owned(), Value::Array(effects.to_vec()));
    }
    for name in ["Fault", "Stub", "StubRoute"] {
        if let Some(definition) = definitions.get_mut(name) {
            // A variant may give the whole of it.
            let fields = definition.take();
            *definition = json!({ "anyOf": [fields, { "$ref": "#/$defs/Placeholder" }] });
        }
    }
    if let Some(variant) = definitions.get_mut("VariantValue") {
        let choices = variant.get_mut("anyOf").and_then(Value::as_array_mut);
        for choice in choices.into_iter().flatten() {
            if choice["type"] == "object" {
                choice["required"] = json!(["id"]);
            }
        }
    }
}
