//! Facts that mocks tell: what a request meant in their domain, and what was wrong with it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened in a mock's domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DomainFact {
    /// The mock's name.
    pub mock: String,
    /// What happened, in kebab case: `ticket-created`, `session-started`.
    pub name: String,
    /// Its particulars.
    pub data: Value,
}

/// A request that broke its mock's contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContractViolation {
    /// The mock's name.
    pub mock: String,
    /// The operation: method and path template.
    pub operation: String,
    /// Each mistake, with its place in the request.
    pub errors: Vec<String>,
}

/// A request that met no route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unrouted {
    /// The mock's name.
    pub mock: String,
    /// Method.
    pub method: String,
    /// Path without the query.
    pub path: String,
}

/// A telemetry event that arrived at its intake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telemetry {
    /// The intake: `mixpanel` or `datadog`.
    pub sink: String,
    /// Event name (Mixpanel), or `action`, `error`, `view`, `resource`, `long_task`, `vital` (RUM).
    pub event: String,
    /// The name within its type: a RUM action's name or an error's message; for Mixpanel the event as sent.
    pub name: String,
    /// All its properties.
    pub properties: Value,
    /// What makes two arrivals the same event: Mixpanel's `$insert_id`, a RUM event's id (and document version).
    pub identity: String,
    /// How it travelled: content type, encoding, `beacon` where the browser said so.
    pub transport: String,
}
