//! Userinfo (OpenID Connect Core, §5.3).

use http::StatusCode;
use serde_json::json;

use super::{Sso, protocol_error};
use crate::desk::{Call, Reply};

/// Any access token of this issuer may ask about its own subject.
pub(super) fn answer(sso: &Sso, call: &Call) -> Reply {
    let Some(token) = call.bearer() else {
        return protocol_error(
            StatusCode::UNAUTHORIZED,
            "invalid_request",
            "no bearer token came",
        )
        .with("www-authenticate", "Bearer");
    };
    let claims = sso
        .clients
        .iter()
        .flat_map(|client| &client.audience)
        .find_map(|audience| sso.verify(token, audience).ok());
    let Some((claims, persona)) =
        claims.and_then(|claims| sso.person(&claims).map(|persona| (claims, persona)))
    else {
        return protocol_error(
            StatusCode::UNAUTHORIZED,
            "invalid_token",
            "the token does not count",
        )
        .with("www-authenticate", "Bearer error=\"invalid_token\"");
    };
    let mut answer = json!({"sub": claims.sub, "company_sso_id": claims.company_sso_id});
    // Claims by scope (OpenID Connect Core, §5.4).
    for word in claims.scope.split(' ') {
        match word {
            "profile" => {
                answer["name"] = json!(persona.name);
                answer["locale"] = json!(persona.locale);
            }
            "email" => {
                answer["email"] = json!(persona.email);
                answer["email_verified"] = json!(true);
            }
            _ => {}
        }
    }
    Reply::json(StatusCode::OK, &answer)
}
