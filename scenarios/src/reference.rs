//! The reference page of the language, made from the types' own words.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::schema::{SchemaKind, paragraphs, plain};

/// What the types cannot say of themselves.
const PREFACE: &str = include_str!("reference/preface.md");

/// Small types that fields refer to, in the order of the page: type, heading. No step or expectation has the same
/// heading, or links would lead there.
const VALUES: [(&str, &str); 15] = [
    ("Locator", "Element"),
    ("FrameName", "Frame name"),
    ("Typed", "Typed text"),
    ("Sender", "Sender"),
    ("Pattern", "Pattern"),
    ("Count", "Count"),
    ("Span", "Span"),
    ("Fault", "Fault at the gateway"),
    ("Stub", "Stub"),
    ("StubRoute", "Stub route"),
    ("Probe", "Probe"),
    ("MemberOfMessage", "Member of a message"),
    ("RequestAgent", "Sender of a request"),
    ("CookiePolicy", "Cookie policy"),
    ("Engine", "Engine"),
];

/// The reference page, as Markdown.
#[must_use]
pub fn reference() -> String {
    let scenario = Page::of(SchemaKind::Scenario);
    let mut text = PREFACE.to_owned();
    text.push_str("\n## Scenario file\n\n`catalogue/<area>/<name>.yaml`. ");
    scenario.object(&mut text, &scenario.root);
    text.push_str("\n### Variant value\n\n");
    scenario.definition(&mut text, "VariantValue");
    text.push_str("\n### Tolerance\n\n");
    scenario.definition(&mut text, "Tolerance");

    text.push_str("\n## Steps\n\n");
    text.push_str(&scenario.described("Step"));
    text.push_str("\n\n");
    scenario.choices(&mut text, "Step");

    text.push_str("\n## Expectations\n\n");
    text.push_str(&scenario.described("Expectation"));
    text.push_str("\n\n");
    scenario.choices(&mut text, "Expectation");

    text.push_str("\n## Values\n");
    for (name, heading) in VALUES {
        let _ = write!(text, "\n### {heading}\n\n");
        scenario.definition(&mut text, name);
    }
    for (kind, heading, path) in [
        (SchemaKind::Prelude, "Prelude file", "preludes/<name>.yaml"),
        (
            SchemaKind::Sabotage,
            "Sabotage file",
            "sabotage/<area>/<name>.yaml",
        ),
        (
            SchemaKind::Requirements,
            "Requirement list",
            "requirements/<area>.yaml",
        ),
    ] {
        let page = Page::of(kind);
        let _ = write!(text, "\n## {heading}\n\n`{path}`. ");
        page.object(&mut text, &page.root);
        for (name, heading) in [
            ("Edit", "Edit"),
            ("Requirement", "Requirement"),
            ("Owner", "Owner"),
        ] {
            if page.definitions.contains_key(name) {
                let _ = write!(text, "\n### {heading}\n\n");
                page.definition(&mut text, name);
            }
        }
    }
    text
}

struct Page {
    root: Value,
    definitions: Map<String, Value>,
}

impl Page {
    fn of(kind: SchemaKind) -> Self {
        let mut root = plain(kind);
        let definitions = root
            .as_object_mut()
            .and_then(|members| members.remove("$defs"))
            .and_then(|definitions| definitions.as_object().cloned())
            .unwrap_or_default();
        Self { root, definitions }
    }

    fn described(&self, name: &str) -> String {
        self.definitions.get(name).map(description).unwrap_or_default()
    }

    /// A type: its description, then its fields or choices.
    fn definition(&self, text: &mut String, name: &str) {
        let Some(definition) = self.definitions.get(name) else {
            return;
        };
        if definition
            .get("oneOf")
            .or_else(|| definition.get("anyOf"))
            .is_some()
        {
            let _ = write!(text, "{}\n\n", description(definition));
            for choice in choices_of(definition) {
                let _ = writeln!(text, "- {}: {}", self.choice(choice), description(choice));
            }
        } else {
            self.object(text, definition);
        }
    }

    /// A choice in a list: `allow`, a text, fields.
    fn choice(&self, choice: &Value) -> String {
        if let Some(word) = choice.get("const").and_then(Value::as_str) {
            return format!("`{word}`");
        }
        match choice.get("properties").and_then(Value::as_object) {
            Some(fields) => {
                let names: Vec<String> = fields
                    .iter()
                    .map(|(name, field)| format!("`{name}` ({})", self.kind(field)))
                    .collect();
                names.join(", ")
            }
            None => self.kind(choice),
        }
    }

    /// Description and table of the fields.
    fn object(&self, text: &mut String, schema: &Value) {
        let said = schema.get("description").and_then(Value::as_str);
        for paragraph in said.map(paragraphs).unwrap_or_default() {
            let _ = write!(text, "{paragraph}\n\n");
        }
        self.fields(text, schema);
    }

    fn fields(&self, text: &mut String, schema: &Value) {
        let Some(fields) = schema.get("properties").and_then(Value::as_object) else {
            return;
        };
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        text.push_str("| field | is | meaning |\n|---|---|---|\n");
        let mut ordered: Vec<(&String, &Value)> = fields.iter().collect();
        ordered.sort_by_key(|(name, _)| !required.contains(&name.as_str()));
        for (name, field) in ordered {
            let kind = self.kind(field);
            let needed = if required.contains(&name.as_str()) {
                ", required"
            } else {
                ""
            };
            let meaning = description(field).replace('|', "\\|");
            let _ = writeln!(text, "| `{name}` | {kind}{needed} | {meaning} |");
        }
    }

    /// Each step or expectation with its fields.
    fn choices(&self, text: &mut String, name: &str) {
        let Some(definition) = self.definitions.get(name) else {
            return;
        };
        for choice in choices_of(definition) {
            if let Some(word) = choice.get("const").and_then(Value::as_str) {
                let _ = write!(
                    text,
                    "### `{word}`\n\n{} Takes nothing: `- {word}`.\n\n",
                    description(choice)
                );
                continue;
            }
            let Some((word, content)) = choice
                .get("properties")
                .and_then(Value::as_object)
                .and_then(|fields| fields.iter().next())
            else {
                continue;
            };
            let _ = write!(text, "### `{word}`\n\n{}", description(choice));
            match self.target(content) {
                Some(target)
                    if !VALUES.iter().any(|(name, _)| *name == target) && target != "Expectation" =>
                {
                    let definition = &self.definitions[target];
                    let said = description(definition);
                    if name == "Expectation" && said != description(choice) && !said.is_empty() {
                        let _ = write!(text, " {said}");
                    }
                    text.push_str("\n\n");
                    if definition.get("anyOf").is_some() {
                        for choice in choices_of(definition) {
                            let _ = writeln!(text, "- {}: {}", self.choice(choice), description(choice));
                        }
                    } else {
                        self.fields(text, definition);
                    }
                    text.push('\n');
                }
                _ => {
                    let _ = write!(text, " Takes: {}.\n\n", self.kind(content));
                }
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }

    /// The type that a schema refers to.
    fn target<'schema>(&self, schema: &'schema Value) -> Option<&'schema str> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
        self.definitions.contains_key(name).then_some(name)
    }

    /// What a value is, in words.
    fn kind(&self, schema: &Value) -> String {
        if let Some(name) = self.target(schema) {
            return link(name);
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let kinds: Vec<String> = choices
                .iter()
                .filter(|choice| choice.get("type") != Some(&Value::from("null")))
                .map(|choice| self.kind(choice))
                .collect();
            return kinds.join(" or ");
        }
        let name = match schema.get("type") {
            Some(Value::String(name)) => name.as_str(),
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(Value::as_str)
                .find(|name| *name != "null")
                .unwrap_or_default(),
            _ => "",
        };
        if schema.get("const") == Some(&Value::Bool(true)) {
            return "`true`".to_owned();
        }
        match name {
            "string" => "text".to_owned(),
            "integer" => "whole number".to_owned(),
            "number" => "number".to_owned(),
            "boolean" => "`true` or `false`".to_owned(),
            "array" => match schema.get("items") {
                Some(items) => format!("list of {}", plural(&self.kind(items))),
                None => "list".to_owned(),
            },
            "object" => match schema.get("additionalProperties") {
                Some(value) if value.is_object() => format!("mapping of name to {}", self.kind(value)),
                _ => "mapping".to_owned(),
            },
            _ => "any value".to_owned(),
        }
    }
}

fn choices_of(definition: &Value) -> impl Iterator<Item = &Value> {
    let list = definition.get("oneOf").or_else(|| definition.get("anyOf"));
    list.and_then(Value::as_array).into_iter().flatten()
}

/// What a type or field says of itself, in one line.
fn description(schema: &Value) -> String {
    schema
        .get("description")
        .and_then(Value::as_str)
        .map(|text| paragraphs(text).join(" "))
        .unwrap_or_default()
}

fn plural(kind: &str) -> String {
    match kind {
        "text" => "texts".to_owned(),
        "any value" => "values".to_owned(),
        other => other.to_owned(),
    }
}

/// A link to the section of a type.
fn link(name: &str) -> String {
    let (label, anchor) = match name {
        "Step" => ("steps", "steps"),
        "Expectation" => ("expectations", "expectations"),
        "VariantValue" => ("variant values", "variant-value"),
        "Tolerance" => ("tolerances", "tolerance"),
        "Requirement" => ("requirements", "requirement"),
        "Owner" => ("owner", "owner"),
        "Edit" => ("edit", "edit"),
        // Its heading comes after the step's of the same name.
        "RequestExpectation" => ("request expectation", "request-1"),
        "MessageExpectation" => ("message expectation", "message"),
        other => match VALUES.iter().find(|(known, _)| *known == other) {
            Some((_, heading)) => {
                let anchor = heading.to_lowercase().replace(' ', "-");
                return format!("[{}](#{anchor})", heading.to_lowercase());
            }
            None => return other.to_owned(),
        },
    };
    format!("[{label}](#{anchor})")
}
