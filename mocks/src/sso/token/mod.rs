//! The token endpoint (RFC 6749, §3.2; OpenID Connect Core, §3.1.3). Each grant type is a folder with the
//! checks of its own.

mod code;
mod exchange;
mod refresh;
#[cfg(test)]
mod trial;

#[cfg(test)]
pub(crate) use trial::Trial;

pub(crate) use code::challenge_of;

use http::StatusCode;
use journal::ExchangeId;
use serde_json::{Value, json};

use super::client_authentication::{Basic, Refusal, Request};
use super::{Client, Issuer, Sso, description};
use crate::desk::{Call, Reply};

/// A token request on its way through the checks.
struct Exchange<'a> {
    sso: &'a Sso,
    issuer: &'a Issuer,
    request: &'a Request,
    client: &'a Client,
    exchange: Option<ExchangeId>,
}

impl<'a> Exchange<'a> {
    fn field(&self, name: &str) -> Option<&'a str> {
        self.request.field(name)
    }

    fn required(&self, name: &str) -> Result<&'a str, Refusal> {
        self.field(name)
            .ok_or_else(|| Refusal::new("invalid_request", format!("{name} is missing")))
    }
}

/// What answers a grant type.
type Grant = fn(&Exchange<'_>) -> Result<Value, Refusal>;

/// The grant types there are (RFC 6749, §4.1.3 and §6; RFC 8693, §2.1).
const GRANTS: &[(&str, Grant)] = &[
    ("authorization_code", code::grant),
    ("refresh_token", refresh::grant),
    ("urn:ietf:params:oauth:grant-type:token-exchange", exchange::grant),
];

/// `POST /token`.
pub(super) fn answer(sso: &Sso, issuer: &Issuer, call: &Call) -> Reply {
    match sso.answer_token_request(issuer, &Request::of(call), call.exchange) {
        Ok(tokens) => Reply::json(StatusCode::OK, &tokens).with("pragma", "no-cache"),
        Err(refusal) => refusal.reply(),
    }
}

/// A token could not be made: our fault, not the client's.
fn not_made(reason: String) -> Refusal {
    Refusal {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        ..Refusal::new("server_error", reason)
    }
}

impl Sso {
    fn answer_token_request(
        &self,
        issuer: &Issuer,
        request: &Request,
        exchange: Option<ExchangeId>,
    ) -> Result<Value, Refusal> {
        let mut known = None;
        let outcome = request
            .require_form(&["audience", "resource"])
            .and_then(|()| request.client(self, issuer))
            .and_then(|client| {
                known = Some(client.id.as_str());
                let asked = Exchange {
                    sso: self,
                    issuer,
                    request,
                    client,
                    exchange,
                };
                grant_of(&asked).and_then(|grant| grant(&asked))
            });
        if let Err(refusal) = &outcome {
            let description = description::allowed(&refusal.description);
            let data = json!({"client": known, "error": refusal.error, "description": description});
            self.tell(exchange, "token-refused", data);
        }
        outcome
    }

    /// The back channel of a confidential client in the same world: what it would `POST` to `/token`.
    ///
    /// # Errors
    /// The error code (RFC 6749, §5.2).
    pub(crate) fn redeem(
        &self,
        client: &str,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        exchange: Option<ExchangeId>,
    ) -> Result<Value, &'static str> {
        let client = self.client(client).ok_or("invalid_client")?;
        let issuer = self.issuers.get(client.issuer).ok_or("invalid_client")?;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let request = Request {
            fields: Some(fields.to_vec()),
            basic: Basic::Given {
                id: client.id.clone(),
                secret: client.secret.clone().unwrap_or_default(),
            },
        };
        self.answer_token_request(issuer, &request, exchange)
            .map_err(|refusal| refusal.error)
    }
}

fn grant_of(asked: &Exchange<'_>) -> Result<Grant, Refusal> {
    let wanted = asked.required("grant_type")?;
    GRANTS
        .iter()
        .find(|(name, _)| *name == wanted)
        .map(|(_, grant)| *grant)
        // It is not quoted: a secret that stands in the wrong place must not go on into logs.
        .ok_or_else(|| Refusal::new("unsupported_grant_type", "this grant type is not offered"))
}
