//! Ending a session: RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0), and telling the clients
//! that took part, in the back (Back-Channel Logout 1.0) and in frames (Front-Channel Logout 1.0).

mod back;
mod client;
mod front;
mod hint;
mod redirect_uri;

pub(super) use front::{frames, page as framing_page};

use http::{Method, StatusCode};
use serde_json::json;

use super::state::Session;
use super::{Client, Issuer, Provider, Sso, by_get, login, page};
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
    if let Some(by_get) = by_get::ask_again(sso, issuer, call) {
        return by_get;
    }
    let form = call.posted_form();
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
        _ => finish(sso, call, issuer.provider, request.then.as_deref()),
    }
}

/// Goes on after the user was asked.
pub(super) fn decided(sso: &Sso, call: &Call, provider: usize, yes: bool, then: Option<&str>) -> Reply {
    if yes {
        return finish(sso, call, provider, then);
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

/// Ends the session, tells the clients, and leads on. Of two requests that come at the same time only the one that
/// ended it tells of it.
fn finish(sso: &Sso, call: &Call, provider: usize, then: Option<&str>) -> Reply {
    let Some(known) = sso.providers.get(provider) else {
        return Reply::empty(StatusCode::NO_CONTENT);
    };
    let ended = sso.forget_session(call);
    if let Some(ended) = &ended {
        sso.session_ended(ended, "rp-logout", call.exchange);
    }
    lead_on(sso, call, known, ended.as_ref(), then)
}

/// Tells the clients of a session that has ended in frames, where they have any, and leads on.
pub(super) fn lead_on(
    sso: &Sso,
    call: &Call,
    provider: &Provider,
    ended: Option<&Session>,
    then: Option<&str>,
) -> Reply {
    let Some(then) = then else {
        return stay(sso, provider, ended, StatusCode::OK, "You are signed out.");
    };
    let frames = front::frames(sso, ended);
    let reply = if frames.is_empty() {
        let status = if call.method == Method::POST {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::FOUND
        };
        Reply::redirect(status, then)
    } else {
        front::page(
            sso,
            provider,
            StatusCode::OK,
            "You are signed out.",
            &frames,
            Some(then),
        )
    };
    reply.with("set-cookie", &page::no_session_cookie(sso, provider))
}

/// The same, where it leads nowhere.
pub(super) fn stay(
    sso: &Sso,
    provider: &Provider,
    ended: Option<&Session>,
    status: StatusCode,
    text: &str,
) -> Reply {
    let frames = front::frames(sso, ended);
    let reply = if frames.is_empty() {
        page::notice(sso, provider, status, "Signed out", text)
    } else {
        front::page(sso, provider, status, text, &frames, None)
    };
    reply.with("set-cookie", &page::no_session_cookie(sso, provider))
}

impl Sso {
    /// Takes the session of the browser out of memory. Gives it if it still counted.
    pub(super) fn forget_session(&self, call: &Call) -> Option<Session> {
        let index = self.provider_index(call);
        let cookie = call.cookie(&self.providers.get(index)?.session_cookie)?;
        let session = self.state().sessions.remove(cookie)?;
        self.counts(&session, index).then_some(session)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;
    use crate::sso::token::Trial;

    #[test]
    fn two_ways_out_at_once_tell_of_the_end_once() {
        const ROUNDS: usize = 300;
        let trial = Trial::new();
        for _ in 0..ROUNDS {
            let call = trial.signed_in("a-cookie");
            let (sso, together) = (&trial.sso, Barrier::new(2));
            std::thread::scope(|threads| {
                for _ in 0..2 {
                    threads.spawn(|| {
                        together.wait();
                        decided(sso, &call, 0, true, None);
                    });
                }
            });
        }
        assert_eq!(trial.told("session-ended"), ROUNDS);
    }
}
