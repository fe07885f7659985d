//! Ending a session: RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0), and telling the clients
//! that took part, in the back (Back-Channel Logout 1.0) and in frames (Front-Channel Logout 1.0).

mod back;
mod client;
mod front;
mod hint;
mod redirect_uri;

use http::{Method, StatusCode};
use serde_json::json;

use super::state::Session;
use super::{Client, Issuer, Provider, Sso, login, page};
use crate::desk::{Call, Reply, first};

/// One check: lets a request pass, noting what it found, or says what is wrong with it.
type Check = fn(&mut Request<'_>) -> Result<(), &'static str>;

/// The checks, in order: nobody is sent to an address before it is known whose it is.
const CHECKS: &[Check] = &[
    hint::understand_hint,
    client::know_client,
    redirect_uri::match_redirect_uri,
];

/// A logout request on its way through the checks.
struct Request<'a> {
    sso: &'a Sso,
    issuer: &'a Issuer,
    parameters: &'a [(String, String)],
    client: Option<&'a Client>,
    /// The subject and session of the hint (RP-Initiated Logout 1.0, §2, `id_token_hint`).
    hinted: Option<Hinted>,
    then: Option<String>,
}

/// What a hint says.
struct Hinted {
    client: String,
    subject: String,
    sid: String,
}

impl<'a> Request<'a> {
    fn parameter(&self, name: &str) -> Option<&'a str> {
        first(self.parameters, name).filter(|value| !value.is_empty())
    }

    /// Whether the hint is for the very session of the browser.
    fn is_for(&self, session: &Session) -> bool {
        self.hinted
            .as_ref()
            .is_some_and(|hinted| hinted.subject == session.persona.sso_id && hinted.sid == session.sid)
    }
}

/// `GET` and `POST /end_session` (RP-Initiated Logout 1.0, §2).
pub(super) fn answer(sso: &Sso, issuer: &Issuer, call: &Call) -> Reply {
    let form = (call.method == Method::POST).then(|| call.form()).flatten();
    let parameters = form.as_deref().unwrap_or(&call.query);
    let mut request = Request {
        sso,
        issuer,
        parameters,
        client: None,
        hinted: None,
        then: None,
    };
    if let Err(problem) = CHECKS.iter().try_for_each(|check| check(&mut request)) {
        sso.tell(call.exchange, "sign-out-refused", json!({"reason": problem}));
        let Some(provider) = sso.providers.get(issuer.provider) else {
            return Reply::error(StatusCode::BAD_REQUEST, "invalid_request", problem);
        };
        let text = format!("{problem} You are not signed out.");
        return page::notice(
            sso,
            provider,
            StatusCode::BAD_REQUEST,
            "Signing out cannot go on",
            &text,
        );
    }
    match sso.session(call) {
        // Without a hint that is for this session, the user must be asked (§2): anybody can send a browser here.
        Some(session) if !request.is_for(&session) => {
            login::ask_to_sign_out(sso, issuer.provider, &session, request.then)
        }
        session => finish(
            sso,
            call,
            issuer.provider,
            session.as_ref(),
            request.then.as_deref(),
        ),
    }
}

/// Goes on after the user was asked.
pub(super) fn decided(sso: &Sso, call: &Call, provider: usize, yes: bool, then: Option<&str>) -> Reply {
    if yes {
        return finish(sso, call, provider, sso.session(call).as_ref(), then);
    }
    match sso.providers.get(provider) {
        Some(provider) => page::notice(
            sso,
            provider,
            StatusCode::OK,
            "Still signed in",
            "You are still signed in.",
        ),
        None => Reply::empty(StatusCode::NO_CONTENT),
    }
}

/// Ends the session, tells the clients, and leads on.
fn finish(sso: &Sso, call: &Call, provider: usize, session: Option<&Session>, then: Option<&str>) -> Reply {
    let Some(known) = sso.providers.get(provider) else {
        return Reply::empty(StatusCode::NO_CONTENT);
    };
    sso.forget_session(call);
    if let Some(session) = session {
        sso.session_ended(session, "rp-logout", call.exchange);
    }
    lead_on(sso, call, known, session, then)
}

/// Tells the clients of a session that has ended in frames, where they have any, and leads on.
pub(super) fn lead_on(
    sso: &Sso,
    call: &Call,
    provider: &Provider,
    session: Option<&Session>,
    then: Option<&str>,
) -> Reply {
    let frames = session
        .map(|session| front::frames(sso, session))
        .unwrap_or_default();
    let reply = if frames.is_empty() {
        let status = if call.method == Method::POST {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::FOUND
        };
        match then {
            Some(then) => Reply::redirect(status, then),
            None => page::notice(sso, provider, StatusCode::OK, "Signed out", "You are signed out."),
        }
    } else {
        front::page(sso, provider, &frames, then)
    };
    reply.with("set-cookie", &page::no_session_cookie(sso, provider))
}

impl Sso {
    /// Takes the session of the browser out of memory.
    pub(super) fn forget_session(&self, call: &Call) -> Option<Session> {
        let provider = self.provider_at(call)?;
        let cookie = call.cookie(&provider.session_cookie)?;
        self.state().sessions.remove(cookie)
    }
}
