//! The authorization endpoint (RFC 6749, §3.1; OpenID Connect Core, §3.1.2).

mod client;
mod grant;
mod parameters;
mod pkce;
mod prompt;
mod redirect_uri;
mod response_type;
mod scope;
mod session;
mod state;

use http::StatusCode;
use journal::ExchangeId;
use serde_json::json;
use url::Url;

use super::state::Session;
use super::{Client, Sso, login, page};
use crate::desk::{Call, Reply, first};

/// One check: lets a request pass, noting what it found, or refuses it.
type Check = fn(&mut Authorization<'_>) -> Result<(), Refusal>;

/// The checks, in the order the standard needs: nothing is sent to a redirect URI before it is known to be
/// the client's.
const CHECKS: &[Check] = &[
    client::know_client,
    redirect_uri::match_redirect_uri,
    parameters::refuse_repeated_parameters,
    response_type::support_response_type,
    scope::require_openid,
    state::require_state,
    pkce::require_s256_challenge,
    prompt::understand_prompt,
    session::require_session,
];

/// An authorization request on its way through the checks.
pub(super) struct Authorization<'a> {
    sso: &'a Sso,
    parameters: &'a [(String, String)],
    /// The browser's session, if any.
    session: Option<Session>,
    /// Whether the user has just given the password for this very request.
    fresh: bool,
    client: Option<&'a Client>,
    redirect_uri: String,
    challenge: String,
    prompt: Prompt,
}

/// What the client wants asked of the user (OpenID Connect Core, §3.1.2.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prompt {
    AsNeeded,
    None,
    Login,
}

/// Why a request did not pass.
enum Refusal {
    /// Told to the user, because nobody is known to send it to (RFC 6749, §4.1.2.1).
    Tell(String),
    /// Returned to the client (RFC 6749, §4.1.2.1; OpenID Connect Core, §3.1.2.6).
    Return {
        error: &'static str,
        description: String,
    },
    /// The user must sign in first.
    SignIn,
}

impl Refusal {
    fn back(error: &'static str, description: impl Into<String>) -> Self {
        Self::Return {
            error,
            description: description.into(),
        }
    }
}

impl Authorization<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        first(self.parameters, name)
    }
}

/// `GET /authorize`.
pub(super) fn answer(sso: &Sso, call: &Call) -> Reply {
    decide(sso, &call.query, sso.session(call), false, call.exchange)
}

/// Goes on with a request after the user signed in for it.
pub(super) fn resume(
    sso: &Sso,
    parameters: &[(String, String)],
    session: Session,
    exchange: Option<ExchangeId>,
) -> Reply {
    decide(sso, parameters, Some(session), true, exchange)
}

fn decide(
    sso: &Sso,
    parameters: &[(String, String)],
    session: Option<Session>,
    fresh: bool,
    exchange: Option<ExchangeId>,
) -> Reply {
    let mut authorization = Authorization {
        sso,
        parameters,
        session,
        fresh,
        client: None,
        redirect_uri: String::new(),
        challenge: String::new(),
        prompt: Prompt::AsNeeded,
    };
    let refusal = match CHECKS.iter().try_for_each(|check| check(&mut authorization)) {
        Ok(()) => match grant::grant_code(&authorization, exchange) {
            Ok(location) => return Reply::redirect(status_after(fresh), &location),
            Err(refusal) => refusal,
        },
        Err(refusal) => refusal,
    };
    let client = authorization.client.map(|client| client.id.clone());
    let refused = |error: &str, description: &str| {
        let data = json!({"client": client, "error": error, "description": description});
        sso.tell(exchange, "authorization-refused", data);
    };
    match refusal {
        Refusal::SignIn => login::begin(sso, Some(parameters.to_vec())),
        Refusal::Tell(text) => {
            refused("not_returned", &text);
            page::notice(sso, StatusCode::BAD_REQUEST, "This sign-in cannot go on", &text)
        }
        Refusal::Return { error, description } => {
            refused(error, &description);
            let mut fields = vec![("error", error), ("error_description", description.as_str())];
            fields.extend(authorization.parameter("state").map(|state| ("state", state)));
            fields.push(("iss", sso.issuer()));
            let location = with_query(&authorization.redirect_uri, &fields);
            Reply::redirect(status_after(fresh), &location)
        }
    }
}

/// After a form the browser must go on by GET.
fn status_after(form: bool) -> StatusCode {
    if form {
        StatusCode::SEE_OTHER
    } else {
        StatusCode::FOUND
    }
}

/// A redirect URI with fields added to its query (RFC 6749, §4.1.2).
fn with_query(uri: &str, fields: &[(&str, &str)]) -> String {
    match Url::parse(uri) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(fields);
            url.into()
        }
        Err(_) => uri.to_owned(),
    }
}
