//! What `${…}` stands for in a scenario: origins, persona, records.

use std::collections::BTreeMap;

use fixtures::{Persona, Records};

/// Looks names up for one scenario run.
pub(crate) struct Lookup<'a> {
    pub(crate) origins: &'a BTreeMap<String, String>,
    pub(crate) persona: Option<&'a Persona>,
    /// Everybody in this world, by the persona's name.
    pub(crate) people: &'a BTreeMap<String, Persona>,
    pub(crate) records: &'a Records,
}

impl Lookup<'_> {
    /// The value of a name such as `origin.crm`, `persona.email`, `people.sales-agent.email`,
    /// `customer.123.phone`.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let (head, rest) = name.split_once('.')?;
        match head {
            "origin" => self.origin(rest),
            "persona" => persona_field(self.persona?, rest),
            "people" => {
                let (name, field) = rest.split_once('.')?;
                persona_field(self.people.get(name)?, field)
            }
            "customer" => {
                let (id, field) = rest.split_once('.')?;
                let customer = self.records.customers.iter().find(|customer| customer.id == id)?;
                text_field(&serde_json::to_value(customer).ok()?, field)
            }
            _ => None,
        }
    }

    /// Every name there is.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.origins.keys().map(|name| format!("origin.{name}")).collect();
        let fields = |prefix: &str, value: serde_json::Result<serde_json::Value>| -> Vec<String> {
            let members = value.ok().and_then(|value| value.as_object().cloned());
            members
                .unwrap_or_default()
                .into_iter()
                .filter(|(_, value)| value.is_string() || value.is_number() || value.is_boolean())
                .map(|(name, _)| format!("{prefix}.{}", name.replace('-', "_")))
                .collect()
        };
        if let Some(persona) = self.persona {
            names.extend(fields("persona", serde_json::to_value(persona)));
        }
        for (name, person) in self.people {
            names.extend(fields(&format!("people.{name}"), serde_json::to_value(person)));
        }
        for customer in &self.records.customers {
            names.extend(fields(
                &format!("customer.{}", customer.id),
                serde_json::to_value(customer),
            ));
        }
        names
    }

    fn origin(&self, name: &str) -> Option<String> {
        self.origins.get(name).cloned()
    }
}

fn persona_field(persona: &Persona, field: &str) -> Option<String> {
    let value = serde_json::to_value(persona).ok()?;
    text_field(&value, field).or_else(|| text_field(&value, &field.replace('_', "-")))
}

fn text_field(value: &serde_json::Value, field: &str) -> Option<String> {
    match value.get(field)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }
}
