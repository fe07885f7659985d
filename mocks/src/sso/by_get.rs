//! A form that another site posts comes without the session cookie where that is `SameSite=Lax` (RFC 6265bis,
//! §5.6.7.1), as it is without TLS, and so finds nobody signed in. The browser is sent to ask the same by GET: with that
//! the cookie comes along. Both endpoints for browsers take either method (OpenID Connect Core, §3.1.2.1; RP-Initiated
//! Logout 1.0, §2).

use http::StatusCode;

use super::endpoints::path_at_issuer;
use super::page::with_query;
use super::{Issuer, Sso};
use crate::desk::{Call, Reply};

/// Sends a form without a session cookie on; nothing for any other request.
pub(super) fn ask_again(sso: &Sso, issuer: &Issuer, call: &Call) -> Option<Reply> {
    let provider = sso.providers.get(issuer.provider)?;
    if call.cookie(&provider.session_cookie).is_some() {
        return None;
    }
    let form = call.posted_form()?;
    let fields: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let address = with_query(&issuer.endpoint(path_at_issuer(&call.path)), &fields);
    // Only this status turns a form into a GET for certain (RFC 9110, §15.4.4).
    Some(Reply::redirect(StatusCode::SEE_OTHER, &address))
}
