//! What judging needs to know besides journal and scenario.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use journal::Recorder;
use jsonschema::Validator;
use serde_json::Value;

use crate::AllowedPlace;

/// The world's facts that a verdict rests on.
#[derive(Clone)]
pub struct Context {
    /// Origins by name, look-alikes among them (`crm.suffix`); `opaque` is `null`.
    pub(crate) origins: BTreeMap<String, String>,
    /// Message contracts by kind.
    contracts: Arc<Vec<(String, Validator)>>,
    /// Where canaries may be seen.
    pub(crate) allowed: Vec<AllowedPlace>,
    /// Knows which values the journal's pseudonyms stand for.
    recorder: Recorder,
    /// No page instrumentation: what needs it is not judged.
    pub(crate) pristine: bool,
}

/// A message contract that is no JSON Schema.
#[derive(Debug, thiserror::Error)]
#[error("the contract of message kind `{kind}` is no JSON Schema: {reason}")]
pub struct ContractError {
    kind: String,
    reason: String,
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("origins", &self.origins)
            .field("allowed", &self.allowed.len())
            .field("pristine", &self.pristine)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// Puts a context together and compiles the contracts.
    ///
    /// # Errors
    /// A contract is no JSON Schema.
    pub fn new(
        origins: BTreeMap<String, String>,
        message_contracts: BTreeMap<String, Value>,
        allowed: Vec<AllowedPlace>,
        recorder: Recorder,
        pristine: bool,
    ) -> Result<Self, ContractError> {
        let mut contracts = Vec::with_capacity(message_contracts.len());
        for (kind, schema) in message_contracts {
            let validator = jsonschema::validator_for(&schema).map_err(|error| ContractError {
                kind: kind.clone(),
                reason: error.to_string(),
            })?;
            contracts.push((kind, validator));
        }
        Ok(Self {
            origins,
            contracts: Arc::new(contracts),
            allowed,
            recorder,
            pristine,
        })
    }

    /// The origin that a scenario names: by a name of the world, or as it is.
    pub(crate) fn origin<'a>(&'a self, name: &'a str) -> &'a str {
        self.origins.get(name).map_or(name, String::as_str)
    }

    /// Whether an origin is one of those named; `*` names any.
    pub(crate) fn is_one_of(&self, origin: &str, names: &[String]) -> bool {
        names
            .iter()
            .any(|name| name == "*" || self.origin(name) == origin)
    }

    /// The name of an origin in the world, or the origin itself: for texts that people read.
    pub(crate) fn name_of<'a>(&'a self, origin: &'a str) -> &'a str {
        self.origins
            .iter()
            .find(|(_, known)| *known == origin)
            .map_or(origin, |(name, _)| name.as_str())
    }

    /// The kind of a message: the one contract whose schema it matches.
    pub(crate) fn kind_of(&self, data: &Value) -> Option<&str> {
        let data = self.revealed(data);
        self.contracts
            .iter()
            .find(|(_, contract)| contract.is_valid(&data))
            .map(|(kind, _)| kind.as_str())
    }

    /// A text as the journal would show it.
    pub(crate) fn redacted_text(&self, text: &str) -> String {
        self.recorder.redact_text(text.to_owned())
    }

    /// A text of the journal as it was, for comparing and nothing else.
    pub(crate) fn revealed_text<'text>(&self, text: &'text str) -> Cow<'text, str> {
        self.recorder.reveal(text).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// A value of the journal as it was, for comparing and nothing else.
    pub(crate) fn revealed<'value>(&self, value: &'value Value) -> Cow<'value, Value> {
        if !has_pseudonym(value) {
            return Cow::Borrowed(value);
        }
        Cow::Owned(match value {
            Value::String(text) => Value::from(self.revealed_text(text)),
            Value::Array(items) => items
                .iter()
                .map(|item| self.revealed(item).into_owned())
                .collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| {
                    (
                        self.revealed_text(name).into_owned(),
                        self.revealed(member).into_owned(),
                    )
                })
                .collect(),
            other => other.clone(),
        })
    }
}

fn has_pseudonym(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('‹'),
        Value::Array(items) => items.iter().any(has_pseudonym),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| name.contains('‹') || has_pseudonym(member)),
        _ => false,
    }
}

/// Scheme, host and port of a URL, as a serialised origin; `null` where it has none.
pub(crate) fn origin_of(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| "null".to_owned(), |url| url.origin().ascii_serialization())
}
