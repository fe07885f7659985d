//! Userinfo (OpenID Connect Core, §5.3), by GET and by POST.

use http::StatusCode;
use serde_json::json;

use super::claims::add;
use super::scope::holds;
use super::{Issuer, Sso, protocol_error};
use crate::desk::{Call, Reply};

/// Any access token of this issuer with scope `openid` may ask about its own subject.
pub(super) fn answer(sso: &Sso, issuer: &Issuer, call: &Call) -> Reply {
    // A body means something by POST only (RFC 6750, §2.2).
    let form = call.posted_form().unwrap_or_default();
    let in_form: Vec<&str> = tokens(&form).collect();
    // In one way, and once (§2 and §3.1).
    if call.bearer().into_iter().count() + in_form.len() + tokens(&call.query).count() > 1 {
        return protocol_error(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "the token comes in two ways, or twice",
        )
        .with("www-authenticate", "Bearer error=\"invalid_request\"");
    }
    // One in an address is not taken: it would stay in logs and histories (RFC 9700, §4.3.2). Who shows nothing is told
    // how to, and of no error (RFC 6750, §3 and §3.1).
    let Some(token) = call.bearer().or_else(|| in_form.first().copied()) else {
        return Reply::empty(StatusCode::UNAUTHORIZED)
            .with("cache-control", "no-store")
            .with("www-authenticate", "Bearer realm=\"userinfo\"");
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

/// The access tokens among fields. An empty one counts as left out (RFC 6749, §3.1).
fn tokens(fields: &[(String, String)]) -> impl Iterator<Item = &str> {
    fields
        .iter()
        .filter(|(name, value)| name == "access_token" && !value.is_empty())
        .map(|(_, value)| value.as_str())
}
