//! How a request ends: at the client with a code or an error, or with the user.

use http::StatusCode;
use journal::ExchangeId;
use serde_json::json;

use super::super::{description, login, page};
use super::{Authorization, Refusal, fault, response_mode};
use crate::desk::Reply;

pub(super) fn reply(
    authorization: &Authorization<'_>,
    outcome: Result<String, Refusal>,
    exchange: Option<ExchangeId>,
) -> Reply {
    let refused = |error: &str, description: &str| {
        let client = authorization.client.map(|client| client.id.as_str());
        let data = json!({"client": client, "error": error, "description": description});
        authorization.sso.tell(exchange, "authorization-refused", data);
    };
    match outcome {
        Ok(code) => response(authorization, &[("code", code.as_str())]),
        Err(Refusal::Ask(step)) => login::ask(
            authorization.sso,
            authorization.issuer,
            authorization.parameters,
            authorization.session.as_ref(),
            step,
            authorization.progress,
        ),
        Err(Refusal::Tell(text)) => {
            refused("not_returned", &text);
            let Some(provider) = authorization.sso.providers.get(authorization.issuer.provider) else {
                return Reply::error(StatusCode::BAD_REQUEST, "not_returned", &text);
            };
            page::notice(
                authorization.sso,
                provider,
                StatusCode::BAD_REQUEST,
                "This sign-in cannot go on",
                &text,
            )
        }
        Err(Refusal::Return { error, description }) => {
            let description = description::allowed(&description);
            refused(error, &description);
            response(
                authorization,
                &[("error", error), ("error_description", &description)],
            )
        }
    }
}

/// The answer to the client, with what always comes with it: the state as it was (RFC 6749, §4.1.2), and
/// the issuer (RFC 9207, §2).
fn response(authorization: &Authorization<'_>, fields: &[(&str, &str)]) -> Reply {
    let mut fields = fields.to_vec();
    fields.extend(authorization.parameter("state").map(|state| ("state", state)));
    fields.push(("iss", &authorization.issuer.address));
    let fields = fault::spoil(authorization, &fields);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    response_mode::reply(authorization, &fields)
}
