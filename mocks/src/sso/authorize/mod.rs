//! The authorization endpoint (RFC 6749, §3.1; OpenID Connect Core, §3.1.2).

mod account;
mod client;
mod consent;
mod fault;
mod grant;
mod group;
mod hint;
mod max_age;
mod mfa;
mod outcome;
mod parameters;
mod pkce;
mod prompt;
mod redirect_uri;
mod request_object;
mod response_mode;
mod response_type;
mod scope;
mod session;
mod state;

use journal::ExchangeId;

use super::login::{Progress, Step};
use super::state::Session;
use super::{Client, Issuer, Sso, by_get};
use crate::desk::{Call, Reply, first};

pub(super) use fault::AuthorizationFault;
use prompt::Prompt;
use response_mode::ResponseMode;

/// One check: lets a request pass, noting what it found, or refuses it.
type Check = fn(&mut Authorization<'_>) -> Result<(), Refusal>;

/// The parameters that the checks read (OpenID Connect Core, §3.1.2.1; RFC 7636, §4.3).
const PARAMETERS: [&str; 14] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "id_token_hint",
    "login_hint",
    "acr_values",
];

/// The checks, in the order the standard needs: nothing is sent to a redirect URI before it is known to be
/// the client's, and the user is asked nothing before the request is known to be good.
const CHECKS: &[Check] = &[
    client::know_client,
    redirect_uri::match_redirect_uri,
    response_mode::choose_response_mode,
    parameters::refuse_repeated_parameters,
    response_type::support_response_type,
    request_object::refuse_request_object,
    scope::require_openid,
    state::require_state,
    pkce::require_s256_challenge,
    prompt::understand_prompt,
    max_age::understand_max_age,
    hint::understand_hint,
    session::require_session,
    account::choose_account,
    group::belong_to_group,
    mfa::show_second_factor,
    consent::obtain_consent,
];

/// An authorization request on its way through the checks.
pub(super) struct Authorization<'a> {
    sso: &'a Sso,
    issuer: &'a Issuer,
    parameters: &'a [(String, String)],
    /// The browser's session, if any.
    session: Option<Session>,
    /// What the user has done for this very request.
    progress: Progress,
    client: Option<&'a Client>,
    redirect_uri: String,
    response_mode: ResponseMode,
    scope: String,
    challenge: String,
    prompt: Prompt,
    max_age: Option<i64>,
    /// Whom the client means (OpenID Connect Core, §3.1.2.1, `id_token_hint`).
    meant: Option<String>,
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
    /// The user must do something first.
    Ask(Step),
}

impl Refusal {
    fn back(error: &'static str, description: impl Into<String>) -> Self {
        Self::Return {
            error,
            description: description.into(),
        }
    }
}

impl<'a> Authorization<'a> {
    /// A parameter. An empty one counts as left out (RFC 6749, §3.1).
    fn parameter(&self, name: &str) -> Option<&'a str> {
        first(self.parameters, name).filter(|value| !value.is_empty())
    }

    /// Asks the user, unless the client forbids it (OpenID Connect Core, §3.1.2.1, `prompt`).
    fn ask(&self, step: Step, error: &'static str, description: &str) -> Refusal {
        if self.prompt.none {
            Refusal::back(error, description)
        } else {
            Refusal::Ask(step)
        }
    }
}

/// What of a good request is worth keeping while the user does something for it. Request objects are refused
/// before that.
pub(super) fn read_only(parameters: &[(String, String)]) -> Vec<(String, String)> {
    let mut kept = parameters.to_vec();
    kept.retain(|(name, _)| PARAMETERS.contains(&name.as_str()));
    kept
}

/// `GET /authorize`, and `POST` with a form (OpenID Connect Core, §3.1.2.1).
pub(super) fn answer(sso: &Sso, issuer: &Issuer, call: &Call) -> Reply {
    if let Some(by_get) = by_get::ask_again(sso, issuer, call) {
        return by_get;
    }
    let form = call.posted_form();
    let parameters = form.as_deref().unwrap_or(&call.query);
    resume(
        sso,
        issuer,
        parameters,
        sso.session(call),
        Progress::default(),
        call.exchange,
    )
}

/// Goes on with a request after the user did something for it.
pub(super) fn resume(
    sso: &Sso,
    issuer: &Issuer,
    parameters: &[(String, String)],
    session: Option<Session>,
    progress: Progress,
    exchange: Option<ExchangeId>,
) -> Reply {
    let mut authorization = Authorization {
        sso,
        issuer,
        parameters,
        session,
        progress,
        client: None,
        redirect_uri: String::new(),
        response_mode: ResponseMode::Query,
        scope: String::new(),
        challenge: String::new(),
        prompt: Prompt::default(),
        max_age: None,
        meant: None,
    };
    let outcome = CHECKS
        .iter()
        .try_for_each(|check| check(&mut authorization))
        .and_then(|()| grant::grant_code(&authorization, exchange));
    outcome::reply(&authorization, outcome, exchange)
}
