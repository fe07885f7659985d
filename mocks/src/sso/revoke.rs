//! Revocation (RFC 7009).

use http::StatusCode;
use serde_json::json;

use super::client_authentication::{Refusal, Request};
use super::{Claims, Client, Issuer, Sso};
use crate::desk::{Call, Reply};

/// `POST /revoke`. A token that is not known is as good as revoked (§2.2).
pub(super) fn answer(sso: &Sso, issuer: &Issuer, call: &Call) -> Reply {
    let request = Request::of(call);
    let outcome = request
        .require_form(&[])
        .and_then(|()| request.client(sso, issuer))
        .and_then(|client| {
            let token = request
                .field("token")
                .ok_or_else(|| Refusal::new("invalid_request", "token is missing"))?;
            let what = match refresh_token(sso, client, token)? {
                true => "refresh-token",
                false if access_token(sso, client, token)? => "access-token",
                false => "unknown",
            };
            let data = json!({"client": client.id, "what": what});
            sso.tell(call.exchange, "token-revoked", data);
            Ok(())
        });
    match outcome {
        Ok(()) => Reply::empty(StatusCode::OK).with("cache-control", "no-store"),
        Err(refusal) => refusal.reply(),
    }
}

/// A refresh token takes the whole grant with it (§2.1). The type hint is not needed.
fn refresh_token(sso: &Sso, client: &Client, value: &str) -> Result<bool, Refusal> {
    let mut state = sso.state();
    let Some(grant) = state.refresh_tokens.get(value).map(|token| token.grant.clone()) else {
        return Ok(false);
    };
    let owner = state.grants.get(&grant).map(|grant| grant.client.clone());
    if owner.as_ref() != Some(&client.id) {
        return Err(foreign());
    }
    state.end_grant(&grant);
    Ok(true)
}

fn access_token(sso: &Sso, client: &Client, token: &str) -> Result<bool, Refusal> {
    let Ok(token) = sso.authentic::<Claims>(token) else {
        return Ok(false);
    };
    let claims = token.claims;
    if claims.client_id != client.id {
        return Err(foreign());
    }
    let mut state = sso.state();
    let issued = state.issued.get_mut(&claims.jti);
    Ok(issued.map(|issued| issued.revoked = true).is_some())
}

/// A client takes back its own tokens only (§2.1).
fn foreign() -> Refusal {
    Refusal::new("invalid_request", "the token was issued to another client")
}
