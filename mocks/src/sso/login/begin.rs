//! Sends the browser to a page, for a request or for its own sake.

use http::StatusCode;

use super::super::state::LOGIN_LIFETIME_S;
use super::super::{Issuer, Provider, Sso};
use super::{Login, Next, Progress, Step};
use crate::desk::Reply;

/// Sends the browser to the page that an authorization request needs next.
pub(crate) fn ask(
    sso: &Sso,
    issuer: &Issuer,
    parameters: &[(String, String)],
    step: Step,
    progress: Progress,
) -> Reply {
    let next = Next::Request {
        issuer: issuer.index,
        parameters: parameters.to_vec(),
    };
    begin(sso, issuer.provider, step, next, progress)
}

/// Sends the browser to the page that asks whether to sign out.
pub(crate) fn ask_to_sign_out(sso: &Sso, provider: usize, then: Option<String>) -> Reply {
    begin(
        sso,
        provider,
        Step::SignOut,
        Next::SignedOut(then),
        Progress::default(),
    )
}

/// Sends the browser to a page.
pub(crate) fn begin(sso: &Sso, provider: usize, step: Step, next: Next, progress: Progress) -> Reply {
    let origin = sso
        .providers
        .get(provider)
        .map(|provider: &Provider| provider.origin.clone())
        .unwrap_or_default();
    let random = sso.scene.random();
    let handle = random.token();
    let login = Login {
        step,
        next,
        progress,
        provider,
        form_token: random.token(),
        browser_token: random.token(),
        expires_s: sso.now_s() + LOGIN_LIFETIME_S,
        mistakes: 0,
    };
    sso.state().logins.insert(handle.clone(), login);
    let status = if progress.any() {
        StatusCode::SEE_OTHER
    } else {
        StatusCode::FOUND
    };
    Reply::redirect(status, &format!("{origin}/login?request={handle}"))
}
