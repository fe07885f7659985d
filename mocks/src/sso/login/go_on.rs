//! Goes on with what the user came for: at once, or after a page that tells the clients of a session that gave way to
//! another person's (OpenID Connect Front-Channel Logout 1.0, §3).

use http::StatusCode;

use super::super::state::{LOGIN_LIFETIME_S, Session};
use super::super::{Sso, authorize, logout, page};
use super::begin::remember;
use super::submit::refuse;
use super::{Login, Next, Progress, Step};
use crate::desk::{Call, Reply};

/// Goes on. `left` is the session that gave way, if one did.
pub(super) fn go_on(
    sso: &Sso,
    call: &Call,
    login: &Login,
    progress: Progress,
    session: Session,
    left: Option<&Session>,
) -> Reply {
    let told = left.and_then(|left| tell_first(sso, login, progress, &session, left));
    told.unwrap_or_else(|| lead_on(sso, call, login, progress, session))
}

/// The page with the frames; nothing where no client has one. What is to come waits meanwhile, under a handle of its
/// own: the page is no place for a code.
fn tell_first(
    sso: &Sso,
    login: &Login,
    progress: Progress,
    session: &Session,
    left: &Session,
) -> Option<Reply> {
    let provider = sso.providers.get(login.provider)?;
    let frames = logout::frames(sso, Some(left));
    if frames.is_empty() {
        return None;
    }
    let waiting = Login {
        step: Step::GoOn,
        progress,
        person: Some(session.persona.key.clone()),
        browser_token: sso.scene.random().token(),
        expires_s: sso.now_s() + LOGIN_LIFETIME_S,
        ..login.clone()
    };
    let browser_token = waiting.browser_token.clone();
    let handle = remember(sso, waiting);
    let then = format!("{}/login?request={handle}", provider.origin);
    let text = format!("{} is signed out.", left.persona.name);
    let reply = logout::framing_page(sso, provider, StatusCode::OK, &text, &frames, Some(&then));
    Some(reply.with(
        "set-cookie",
        &page::login_cookie(provider, &handle, &browser_token),
    ))
}

/// Back from that page, once, in the browser that was shown it, and as the person who signed in.
pub(super) fn come_back(sso: &Sso, call: &Call, handle: &str, login: &Login) -> Reply {
    if call.cookie(&page::login_cookie_name(handle)) != Some(&login.browser_token) {
        return refuse(sso, call, "other-browser");
    }
    let session = sso
        .session(call)
        .filter(|session| login.person.as_ref() == Some(&session.persona.key));
    let Some(session) = session else {
        return refuse(sso, call, "other-person");
    };
    if sso.state().logins.remove(handle).is_none() {
        return refuse(sso, call, "unknown-page");
    }
    let reply = lead_on(sso, call, login, login.progress, session);
    match sso.providers.get(login.provider) {
        Some(provider) => reply.with("set-cookie", &page::no_login_cookie(provider, handle)),
        None => reply,
    }
}

fn lead_on(sso: &Sso, call: &Call, login: &Login, progress: Progress, session: Session) -> Reply {
    match &login.next {
        Next::Request { issuer, parameters } => match sso.issuers.get(*issuer) {
            Some(issuer) => {
                authorize::resume(sso, issuer, parameters, Some(session), progress, call.exchange)
            }
            None => refuse(sso, call, "unknown-page"),
        },
        Next::Home | Next::SignedOut(_) => {
            let provider = sso.providers.get(login.provider);
            let origin = provider.map(|provider| provider.origin.as_str());
            Reply::redirect(
                StatusCode::SEE_OTHER,
                &format!("{}/login", origin.unwrap_or_default()),
            )
        }
    }
}
