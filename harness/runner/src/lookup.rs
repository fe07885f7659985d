//! What `${…}` stands for in a scenario: origins, persona, records.

use std::collections::BTreeMap;

use fixtures::{Persona, Records};

/// Looks names up for one scenario run.
pub(crate) struct Lookup<'a> {
    pub(crate) origins: &'a BTreeMap<String, String>,
    pub(crate) persona: Option<&'a Persona>,
    pub(crate) records: &'a Records,
}

impl Lookup<'_> {
    /// The value of a name such as `origin.crm`, `persona.email`, `customer.123.phone`.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let (head, rest) = name.split_once('.')?;
        match head {
            "origin" => self.origin(rest),
            "persona" => self.persona_field(rest),
            "customer" => {
                let (id, field) = rest.split_once('.')?;
                let customer = self.records.customers.iter().find(|customer| customer.id == id)?;
                text_field(&serde_json::to_value(customer).ok()?, field)
            }
            _ => None,
        }
    }

    fn origin(&self, name: &str) -> Option<String> {
        self.origins.get(name).cloned()
    }

    fn persona_field(&self, field: &str) -> Option<String> {
        let value = serde_json::to_value(self.persona?).ok()?;
        text_field(&value, field).or_else(|| text_field(&value, &field.replace('_', "-")))
    }
}

fn text_field(value: &serde_json::Value, field: &str) -> Option<String> {
    match value.get(field)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }
}
