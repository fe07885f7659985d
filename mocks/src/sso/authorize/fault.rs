//! What can be wrong with the answer to an authorization request on purpose, by name, so that a client can be
//! seen to refuse it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::fault::STRANGER;
use super::Authorization;

/// An answer's parameters, by name.
type Fields = Vec<(String, String)>;

/// What is wrong with the answers of `/authorize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AuthorizationFault {
    /// Nothing.
    #[default]
    None,
    /// `state` is one that nobody sent (RFC 6749, §10.12).
    WrongState,
    /// It is the answer that the client was given before, word for word: code, `state` and all (RFC 9700,
    /// §4.5). The first one is as it should be.
    Replayed,
    /// `iss` is somebody else (RFC 9207, §2.4).
    WrongIssuer,
}

/// The answer as it goes out.
pub(super) fn spoil(authorization: &Authorization<'_>, fields: &[(&str, &str)]) -> Fields {
    let fields = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let fault = authorization.sso.stage().authorization;
    match fault {
        AuthorizationFault::None => {}
        AuthorizationFault::WrongState => return with(fields, "state", "a-state-that-nobody-sent"),
        AuthorizationFault::WrongIssuer => return with(fields, "iss", STRANGER),
        AuthorizationFault::Replayed => {
            if let Some(before) = earlier(authorization) {
                return before;
            }
        }
    }
    remember(authorization, &fields);
    fields
}

fn with(mut fields: Fields, name: &str, value: &str) -> Fields {
    for (key, old) in &mut fields {
        if key == name {
            value.clone_into(old);
        }
    }
    fields
}

fn earlier(authorization: &Authorization<'_>) -> Option<Fields> {
    let client = authorization.client?;
    authorization.sso.state().answers.get(&client.id).cloned()
}

/// Only an answer with a code is worth repeating.
fn remember(authorization: &Authorization<'_>, fields: &Fields) {
    if let Some(client) = authorization.client
        && fields.iter().any(|(name, _)| name == "code")
    {
        let mut state = authorization.sso.state();
        state.answers.insert(client.id.clone(), fields.clone());
    }
}
