//! Userinfo (OpenID Connect Core, §5.3), by GET and by POST.

use http::StatusCode;
use serde_json::json;

use super::claims::{add, holds};
use super::{Issuer, Sso, protocol_error};
use crate::desk::{Call, Reply, first};

/// Any access token of this issuer with scope `openid` may ask about its own subject.
pub(super) fn answer(sso: &Sso, issuer: &Issuer, call: &Call) -> Reply {
    let form = call.form().unwrap_or_default();
    let in_form = first(&form, "access_token").filter(|token| !token.is_empty());
    // In the header or in a form (RFC 6750, §2.1 and §2.2), and not in both (§2).
    let token = match (call.bearer(), in_form) {
        (Some(_), Some(_)) => {
            return protocol_error(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                "the token comes in two ways",
            )
            .with("www-authenticate", "Bearer error=\"invalid_request\"");
        }
        (token, None) | (None, token) => token,
    };
    // Who shows nothing is told how to, and of no error (§3.1).
    let Some(token) = token else {
        return Reply::empty(StatusCode::UNAUTHORIZED)
            .with("cache-control", "no-store")
            .with("www-authenticate", "Bearer");
    };
    let checked = sso.verify_any(token).and_then(|claims| {
        if claims.iss != issuer.address {
            return Err("the token is from another issuer");
        }
        let persona = sso.person(&claims).ok_or("the token speaks for nobody")?;
        Ok((claims, persona))
    });
    let (claims, persona) = match checked {
        Ok(known) => known,
        Err(reason) => {
            return protocol_error(StatusCode::UNAUTHORIZED, "invalid_token", reason)
                .with("www-authenticate", "Bearer error=\"invalid_token\"");
        }
    };
    if !holds(&claims.scope, "openid") {
        return protocol_error(
            StatusCode::FORBIDDEN,
            "insufficient_scope",
            "the token does not have the scope openid",
        )
        .with(
            "www-authenticate",
            "Bearer error=\"insufficient_scope\", scope=\"openid\"",
        );
    }
    let mut answer = json!({"sub": claims.sub, "company_sso_id": claims.company_sso_id});
    add(&mut answer, persona, &claims.scope);
    Reply::json(StatusCode::OK, &answer)
}
