//! Pages and cookies of the provider.

use http::StatusCode;

use super::Sso;
use crate::desk::{Call, Reply};

/// The session cookie: on this origin only, sent from frames of other sites too.
pub(crate) const SESSION_COOKIE: &str = "_mekari_account";
/// Ties a sign-in form to the browser that was shown it.
pub(super) const LOGIN_COOKIE: &str = "_mekari_login";

/// The session cookie's attributes. A partitioned cookie (CHIPS) is another one in every top-level site, and
/// is taken back only as such.
fn session_cookie_attributes(sso: &Sso) -> &'static str {
    if sso.scene.is("session-cookie", "partitioned") {
        "Path=/; Secure; HttpOnly; SameSite=None; Partitioned"
    } else {
        "Path=/; Secure; HttpOnly; SameSite=None"
    }
}

pub(super) fn session_cookie(sso: &Sso, value: &str) -> String {
    format!("{SESSION_COOKIE}={value}; {}", session_cookie_attributes(sso))
}

pub(super) fn no_session_cookie(sso: &Sso) -> String {
    format!("{SESSION_COOKIE}=; {}; Max-Age=0", session_cookie_attributes(sso))
}

pub(super) fn login_cookie(value: &str) -> String {
    format!("{LOGIN_COOKIE}={value}; Path=/login; Secure; HttpOnly; SameSite=Lax")
}

/// A page of the provider. `form_targets` are the origins a form's answer may redirect to, because some
/// browsers hold redirects after a form to `form-action` as well (Content Security Policy 3, §6.4.1).
pub(super) fn page(
    sso: &Sso,
    status: StatusCode,
    name: &str,
    form_targets: &[&str],
    values: &[(&str, &str)],
) -> Reply {
    let Some(html) = sso.pages.filled(name, values) else {
        return Reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "page_missing",
            &format!("the page {name} is missing"),
        );
    };
    let targets = form_targets.join(" ");
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self' {targets}; frame-ancestors 'none'"
    );
    // The address of a sign-in page says who asks; it is nobody else's business.
    Reply::page(status, &policy, html).with("referrer-policy", "no-referrer")
}

/// A page with one sentence: what went wrong, or what was done.
pub(super) fn notice(sso: &Sso, status: StatusCode, title: &str, text: &str) -> Reply {
    page(
        sso,
        status,
        "notice.html",
        &[],
        &[("title", title), ("text", text)],
    )
}

pub(super) fn asset(sso: &Sso, call: &Call) -> Reply {
    let file = call.param("file");
    let file = file.strip_suffix(".css").map(|_| file).unwrap_or_default();
    sso.pages
        .asset(file)
        .unwrap_or_else(|| Reply::error(StatusCode::NOT_FOUND, "not_found", "there is no such file"))
}

/// Browsers ask for it on their own.
pub(super) fn icon(_sso: &Sso, _call: &Call) -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}
