//! The gate of the product APIs: a bearer token that counts (RFC 6750).

use fixtures::Persona;
use http::StatusCode;
use serde_json::json;

use crate::desk::{Call, Reply};
use crate::sso::Sso;

/// The person who calls a service, by the bearer token.
///
/// # Errors
/// The answer for a caller without a token that counts: 401 with the error document.
pub(crate) fn caller<'a>(
    sso: &'a Sso,
    mock: &str,
    audience: &str,
    call: &Call,
) -> Result<&'a Persona, Reply> {
    let checked = match call.bearer() {
        None => Err("no bearer token came"),
        Some(token) => sso
            .verify(token, audience)
            .and_then(|claims| sso.person(&claims).ok_or("the token speaks for nobody")),
    };
    checked.map_err(|reason| {
        sso.tell_of(
            mock,
            call,
            "caller-refused",
            json!({"reason": reason, "path": call.path}),
        );
        Reply::error(StatusCode::UNAUTHORIZED, "unauthorized", reason)
            .with("www-authenticate", "Bearer error=\"invalid_token\"")
    })
}
