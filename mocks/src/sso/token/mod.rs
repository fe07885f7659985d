//! The token endpoint (RFC 6749, §3.2; OpenID Connect Core, §3.1.3).

mod client;
mod code;
mod form;
mod grant_type;
mod issue;
mod redirect_uri;
mod verifier;

pub(crate) use verifier::challenge_of;

use http::StatusCode;
use journal::ExchangeId;
use serde_json::{Value, json};

use super::state::Code;
use super::{Client, Sso, protocol_error};
use crate::desk::{Call, Reply, first};

/// One check: lets a request pass, noting what it found, or refuses it.
type Check = fn(&mut Exchange<'_>) -> Result<(), Refusal>;

/// The checks, in order: who asks, for what, and whether the code is theirs and still whole.
const CHECKS: &[Check] = &[
    form::require_form,
    client::authenticate_client,
    grant_type::support_grant_type,
    code::find_code,
    code::refuse_second_use,
    code::refuse_late_use,
    code::match_client,
    redirect_uri::match_redirect_uri,
    verifier::match_verifier,
];

/// A token request on its way through the checks.
pub(super) struct Exchange<'a> {
    sso: &'a Sso,
    /// The form, if there is one.
    fields: Option<Vec<(String, String)>>,
    /// What `Authorization: Basic` says, if it came.
    basic: Option<(String, String)>,
    exchange: Option<ExchangeId>,
    client: Option<&'a Client>,
    code: Option<(String, Code)>,
}

/// Why a request did not pass (RFC 6749, §5.2).
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description: description.into(),
        }
    }
}

impl Exchange<'_> {
    fn field(&self, name: &str) -> Option<&str> {
        first(self.fields.as_deref().unwrap_or_default(), name)
    }
}

/// `POST /token`.
pub(super) fn answer(sso: &Sso, call: &Call) -> Reply {
    match sso.exchange(call.form(), client::basic(call), call.exchange) {
        Ok(tokens) => Reply::json(StatusCode::OK, &tokens).with("pragma", "no-cache"),
        Err(refusal) => {
            let reply = protocol_error(refusal.status, refusal.error, &refusal.description);
            if refusal.status == StatusCode::UNAUTHORIZED {
                reply.with("www-authenticate", "Basic realm=\"token\"")
            } else {
                reply
            }
        }
    }
}

impl Sso {
    fn exchange(
        &self,
        fields: Option<Vec<(String, String)>>,
        basic: Option<(String, String)>,
        exchange: Option<ExchangeId>,
    ) -> Result<Value, Refusal> {
        let mut request = Exchange {
            sso: self,
            fields,
            basic,
            exchange,
            client: None,
            code: None,
        };
        let outcome = CHECKS
            .iter()
            .try_for_each(|check| check(&mut request))
            .and_then(|()| issue::issue_tokens(&request));
        if let Err(refusal) = &outcome {
            self.tell(
                exchange,
                "token-refused",
                json!({
                    "client": request.client.map(|client| client.id.as_str()),
                    "error": refusal.error,
                    "description": refusal.description,
                }),
            );
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
        let secret = self.client(client).and_then(|client| client.secret.clone());
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let fields = fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        let basic = Some((client.to_owned(), secret.unwrap_or_default()));
        self.exchange(Some(fields), basic, exchange)
            .map_err(|refusal| refusal.error)
    }
}
