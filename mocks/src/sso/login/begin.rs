//! Sends the browser to a page, for a request or for its own sake.

use http::StatusCode;

use super::super::state::{LOGIN_LIFETIME_S, Session};
use super::super::{Issuer, Provider, Sso, authorize};
use super::{Login, Next, Progress, Step};
use crate::desk::Reply;

/// Sends the browser to the page that an authorization request needs next.
pub(crate) fn ask(
    sso: &Sso,
    issuer: &Issuer,
    parameters: &[(String, String)],
    session: Option<&Session>,
    step: Step,
    progress: Progress,
) -> Reply {
    let next = Next::Request {
        issuer: issuer.index,
        parameters: authorize::read_only(parameters),
    };
    let person = session.map(|session| session.persona.key.clone());
    send(sso, issuer.provider, step, next, progress, person)
}

/// Sends the browser to the page that asks whether to sign out.
pub(crate) fn ask_to_sign_out(sso: &Sso, provider: usize, session: &Session, then: Option<String>) -> Reply {
    send(
        sso,
        provider,
        Step::SignOut,
        Next::SignedOut(then),
        Progress::default(),
        Some(session.persona.key.clone()),
    )
}

/// Sends the browser to the page on which anybody may sign in.
pub(crate) fn begin(sso: &Sso, provider: usize, next: Next, progress: Progress) -> Reply {
    send(sso, provider, Step::Password, next, progress, None)
}

fn send(
    sso: &Sso,
    provider: usize,
    step: Step,
    next: Next,
    progress: Progress,
    person: Option<String>,
) -> Reply {
    let origin = sso
        .providers
        .get(provider)
        .map(|provider: &Provider| provider.origin.clone())
        .unwrap_or_default();
    let random = sso.scene.random();
    let login = Login {
        step,
        next,
        progress,
        provider,
        person,
        form_token: random.token(),
        browser_token: random.token(),
        expires_s: sso.now_s() + LOGIN_LIFETIME_S,
    };
    let handle = remember(sso, login);
    let status = if progress.any() {
        StatusCode::SEE_OTHER
    } else {
        StatusCode::FOUND
    };
    Reply::redirect(status, &format!("{origin}/login?request={handle}"))
}

/// Remembers a page, and gives its handle.
pub(super) fn remember(sso: &Sso, login: Login) -> String {
    let handle = sso.scene.random().token();
    sso.make_room();
    sso.state().logins.insert(handle.clone(), login);
    handle
}
