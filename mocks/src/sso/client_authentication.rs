//! Authenticates a client (RFC 6749, §2.3.1): by `Authorization: Basic`, by form, or, for a public client,
//! by name only (§3.2.1). The same at every endpoint that clients call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};

use super::{Client, Issuer, Sso};
use crate::desk::{Call, Reply, first};

/// What a client sent of itself, and the rest of its form.
pub(super) struct Request {
    /// The form, if there is one.
    pub(super) fields: Option<Vec<(String, String)>>,
    pub(super) basic: Basic,
}

/// Why a client's request did not pass (RFC 6749, §5.2).
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) error: &'static str,
    pub(super) description: String,
}

impl Refusal {
    pub(super) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description: description.into(),
        }
    }

    fn unauthorized(description: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::new("invalid_client", description)
        }
    }

    /// The refusal as it is answered. A client that failed to authenticate is told how (RFC 6749, §5.2).
    pub(super) fn reply(&self) -> Reply {
        let reply = super::protocol_error(self.status, self.error, &self.description);
        if self.status == StatusCode::UNAUTHORIZED {
            reply.with("www-authenticate", "Basic realm=\"token\"")
        } else {
            reply
        }
    }
}

impl Request {
    pub(super) fn of(call: &Call) -> Self {
        Self {
            fields: call.form(),
            basic: Basic::of(call),
        }
    }

    /// A field of the form. An empty one counts as left out (RFC 6749, §3.2).
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        first(self.fields.as_deref().unwrap_or_default(), name).filter(|value| !value.is_empty())
    }

    /// The request must be a form, and no parameter may come twice (RFC 6749, §3.2). Token exchange may
    /// name several audiences (RFC 8693, §2.1).
    pub(super) fn require_form(&self, repeatable: &[&str]) -> Result<(), Refusal> {
        let Some(fields) = &self.fields else {
            return Err(Refusal::new("invalid_request", "the request is not a form"));
        };
        let mut seen = std::collections::BTreeSet::new();
        match fields
            .iter()
            .find(|(name, _)| !seen.insert(name) && !repeatable.contains(&name.as_str()))
        {
            Some((name, _)) => Err(Refusal::new("invalid_request", format!("{name} is given twice"))),
            None => Ok(()),
        }
    }

    /// The client that asks.
    pub(super) fn client<'a>(&self, sso: &'a Sso, issuer: &Issuer) -> Result<&'a Client, Refusal> {
        let (id, secret) = match &self.basic {
            // One method for each request (RFC 6749, §2.3), whether or not the other could be read.
            Basic::Given { .. } | Basic::Unreadable if self.field("client_secret").is_some() => {
                return Err(Refusal::new(
                    "invalid_request",
                    "the client authenticates in two ways",
                ));
            }
            // It tried to authenticate, and so is not a public client that only names itself (§5.2).
            Basic::Unreadable => {
                return Err(Refusal::unauthorized("the Authorization header cannot be read"));
            }
            // An empty secret is none: a public client may name itself like this (RFC 6749, §2.3.1).
            Basic::Given { id, secret } => (
                id.as_str(),
                Some(secret.as_str()).filter(|secret| !secret.is_empty()),
            ),
            Basic::Absent => (
                self.field("client_id").unwrap_or_default(),
                self.field("client_secret"),
            ),
        };
        if self.field("client_id").is_some_and(|named| named != id) {
            return Err(Refusal::new("invalid_request", "the client goes by two names"));
        }
        let client = sso
            .client_at(issuer, id)
            .ok_or_else(|| Refusal::unauthorized("the client is not known"))?;
        if client.secret.as_deref() == secret {
            Ok(client)
        } else {
            Err(Refusal::unauthorized("the client's secret is wrong"))
        }
    }
}

/// What `Authorization: Basic` says of the client.
pub(super) enum Basic {
    /// There is none.
    Absent,
    /// It is there, and means nothing.
    Unreadable,
    Given {
        id: String,
        secret: String,
    },
}

impl Basic {
    fn of(call: &Call) -> Self {
        let Some(field) = call.headers.get(header::AUTHORIZATION) else {
            return Self::Absent;
        };
        let field = String::from_utf8_lossy(field.as_bytes());
        let (scheme, encoded) = field.split_once(' ').unwrap_or((&field, ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            return Self::Absent;
        }
        match credentials(encoded.trim()) {
            Some((id, secret)) => Self::Given { id, secret },
            None => Self::Unreadable,
        }
    }
}

/// Client id and secret, each form-encoded (RFC 6749, §2.3.1).
fn credentials(encoded: &str) -> Option<(String, String)> {
    let plain = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    let decoded = |text: &str| -> Option<String> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&format!("x={text}")).ok()?;
        pairs.into_iter().next().map(|(_, value)| value)
    };
    Some((decoded(id)?, decoded(secret)?))
}
