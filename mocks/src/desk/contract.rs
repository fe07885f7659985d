//! A mock's contract, compiled: what a request to each operation must look like.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fixtures::{Operation, Parameter};
use jsonschema::Validator;
use serde_json::Value;

use super::Call;
use crate::Error;

/// The compiled contract of one mock.
#[derive(Debug, Default)]
pub(crate) struct Contract {
    operations: Vec<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    method: String,
    path: String,
    query: Vec<Field>,
    headers: Vec<Field>,
    body: Option<Validator>,
    /// Schemas of texts inside the body, by their JSON pointer in the body's schema.
    inner: Vec<(String, Validator)>,
}

#[derive(Debug)]
struct Field {
    name: String,
    required: bool,
    schema: Option<Validator>,
}

impl Contract {
    /// The contract of a mock, compiled once in the life of this process.
    pub(crate) fn of(mock: &'static str) -> Result<Arc<Self>, Error> {
        static COMPILED: OnceLock<Mutex<HashMap<&'static str, Arc<Contract>>>> = OnceLock::new();
        let mut compiled = COMPILED
            .get_or_init(Mutex::default)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(contract) = compiled.get(mock) {
            return Ok(Arc::clone(contract));
        }
        let contract = Arc::new(Self::compile(mock, fixtures::http_contract(mock)?)?);
        compiled.insert(mock, Arc::clone(&contract));
        Ok(contract)
    }

    pub(crate) fn compile(mock: &str, operations: Vec<Operation>) -> Result<Self, Error> {
        let operations = operations
            .into_iter()
            .map(|operation| {
                let place = format!("{} {} of `{mock}`", operation.method, operation.path);
                Ok(Compiled {
                    query: fields(&place, &operation.query)?,
                    headers: fields(&place, &operation.headers)?,
                    body: operation
                        .body
                        .as_ref()
                        .map(|schema| validator(&place, schema))
                        .transpose()?,
                    inner: inner(&place, operation.body.as_ref())?,
                    method: operation.method,
                    path: operation.path,
                })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { operations })
    }

    /// The operations the contract describes, as method and path template.
    #[cfg(test)]
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str)> {
        self.operations
            .iter()
            .map(|operation| (operation.method.as_str(), operation.path.as_str()))
    }

    /// The compiled schema of a text inside an operation's body (`contentSchema`), by its JSON pointer.
    pub(crate) fn inner(&self, path: &str, pointer: &str) -> Option<&Validator> {
        self.operations
            .iter()
            .find(|operation| operation.path == path)?
            .inner
            .iter()
            .find(|(known, _)| known == pointer)
            .map(|(_, validator)| validator)
    }

    /// Everything in which a call to an operation departs from the contract.
    ///
    /// An operation the contract does not describe is private to the mock, and free.
    ///
    /// `body` is the call's body as a value, or why it cannot be read as one.
    pub(crate) fn errors(&self, path: &str, call: &Call, body: Result<Value, String>) -> Vec<String> {
        let Some(operation) = self
            .operations
            .iter()
            .find(|operation| operation.path == path && operation.method == call.method.as_str())
        else {
            return Vec::new();
        };
        let mut errors = Vec::new();
        for (name, _) in &call.query {
            if !operation.query.iter().any(|field| field.name == *name) {
                errors.push(format!("query parameter `{name}` is not in the contract"));
            }
        }
        for field in &operation.query {
            field.check(
                &format!("query parameter `{}`", field.name),
                call.query(&field.name),
                &mut errors,
            );
        }
        for field in &operation.headers {
            field.check(
                &format!("header `{}`", field.name),
                call.header(&field.name),
                &mut errors,
            );
        }
        check_body(operation, call, body, &mut errors);
        errors
    }
}

impl Field {
    fn check(&self, what: &str, value: Option<&str>, errors: &mut Vec<String>) {
        match (value, &self.schema) {
            (None, _) if self.required => errors.push(format!("{what} is missing")),
            (Some(value), Some(schema)) => {
                // Texts on the wire have no type: a number in digits also counts as a number.
                let text = Value::String(value.to_owned());
                let number = value.parse::<i64>().ok().map(Value::from);
                if !schema.is_valid(&text) && !number.is_some_and(|number| schema.is_valid(&number)) {
                    errors.extend(schema.iter_errors(&text).map(|error| format!("{what}: {error}")));
                }
            }
            _ => {}
        }
    }
}

fn check_body(operation: &Compiled, call: &Call, body: Result<Value, String>, errors: &mut Vec<String>) {
    let Some(schema) = &operation.body else {
        if !call.body.is_empty() {
            errors.push("there is a body, and the contract has none".to_owned());
        }
        return;
    };
    match body {
        Ok(value) => errors.extend(violations(schema, &value, "body")),
        Err(reason) => errors.push(reason),
    }
}

/// Everything in which a value departs from a schema, each with its place.
pub(crate) fn violations(schema: &Validator, value: &Value, what: &str) -> Vec<String> {
    schema
        .iter_errors(value)
        .map(|error| match error.instance_path().to_string().as_str() {
            "" => format!("{what}: {error}"),
            place => format!("{what} at `{place}`: {error}"),
        })
        .collect()
}

fn fields(
    place: &str,
    parameters: &std::collections::BTreeMap<String, Parameter>,
) -> Result<Vec<Field>, Error> {
    parameters
        .iter()
        .map(|(name, parameter)| {
            Ok(Field {
                name: name.clone(),
                required: parameter.required,
                schema: parameter
                    .schema
                    .as_ref()
                    .map(|schema| validator(&format!("{name} in {place}"), schema))
                    .transpose()?,
            })
        })
        .collect()
}

/// Validation leaves texts with a content of their own alone (JSON Schema, "contentSchema"), so their
/// schemas are compiled apart.
fn inner(place: &str, body: Option<&Value>) -> Result<Vec<(String, Validator)>, Error> {
    let properties = body.and_then(|schema| schema["properties"].as_object());
    properties
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| Some((name, schema.get("contentSchema")?)))
        .map(|(name, schema)| {
            let pointer = format!("/properties/{name}/contentSchema");
            Ok((pointer, validator(&format!("{name} in {place}"), schema)?))
        })
        .collect()
}

fn validator(place: &str, schema: &Value) -> Result<Validator, Error> {
    jsonschema::validator_for(schema).map_err(|error| Error::Contract {
        place: place.to_owned(),
        reason: error.to_string(),
    })
}
