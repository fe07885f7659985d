//! Shows the sign-in page, for an authorization request or for its own sake.

use http::StatusCode;
use url::Url;

use super::super::state::{LOGIN_LIFETIME_S, Login};
use super::super::{Sso, page};
use crate::desk::{Call, Reply, first};

/// Remembers what is to go on after signing in, and sends the browser to the sign-in page.
///
/// The request stays here and only its handle travels, so the page can lead nowhere else.
pub(crate) fn begin(sso: &Sso, request: Option<Vec<(String, String)>>) -> Reply {
    let handle = remember(sso, request);
    Reply::redirect(
        StatusCode::FOUND,
        &format!("{}/login?request={handle}", sso.issuer()),
    )
}

fn remember(sso: &Sso, request: Option<Vec<(String, String)>>) -> String {
    let random = sso.scene.random();
    let handle = random.token();
    let login = Login {
        request,
        form_token: random.token(),
        browser_token: random.token(),
        expires_s: sso.now_s() + LOGIN_LIFETIME_S,
    };
    sso.state().logins.insert(handle.clone(), login);
    handle
}

/// `GET /login`.
pub(crate) fn show(sso: &Sso, call: &Call) -> Reply {
    let Some(handle) = call.query("request") else {
        if let Some(session) = sso.session(call) {
            let text = format!("Signed in as {}.", session.persona.name);
            return page::notice(sso, StatusCode::OK, "Mekari Account", &text);
        }
        return begin(sso, None);
    };
    let login = sso.state().logins.get(handle).cloned();
    match login.filter(|login| login.expires_s > sso.now_s()) {
        Some(login) => form(sso, handle, &login, "", ""),
        None => page::notice(
            sso,
            StatusCode::BAD_REQUEST,
            "This page has expired",
            "Go back to where you came from and sign in again.",
        ),
    }
}

/// The form, with what went wrong before and the e-mail address that was given.
pub(super) fn form(sso: &Sso, handle: &str, login: &Login, problem: &str, email: &str) -> Reply {
    let target = login
        .request
        .as_ref()
        .and_then(|request| first(request, "redirect_uri"))
        .and_then(|uri| Url::parse(uri).ok())
        .map(|uri| uri.origin().ascii_serialization())
        .unwrap_or_default();
    page::page(
        sso,
        StatusCode::OK,
        "login.html",
        &[&target],
        &[
            ("request", handle),
            ("form_token", &login.form_token),
            ("problem", problem),
            ("email", email),
        ],
    )
    .with("set-cookie", &page::login_cookie(&login.browser_token))
}
