//! Introspection (RFC 7662): whether a token counts, for the services that are shown it.

use http::StatusCode;
use serde_json::{Value, json};

use super::client_authentication::{Refusal, Request};
use super::{Client, Issuer, Sso};
use crate::desk::{Call, Reply};

/// `POST /introspect`.
pub(super) fn answer(sso: &Sso, issuer: &Issuer, call: &Call) -> Reply {
    let request = Request::of(call);
    let outcome = request
        .require_form(&[])
        .and_then(|()| request.client(sso, issuer))
        .and_then(|client| {
            // Against guessing, whoever asks must prove who they are (§2.1).
            if client.secret.is_none() {
                return Err(Refusal {
                    status: StatusCode::UNAUTHORIZED,
                    ..Refusal::new("invalid_client", "a public client may not introspect")
                });
            }
            request
                .field("token")
                .map(|token| (client, token))
                .ok_or_else(|| Refusal::new("invalid_request", "token is missing"))
        });
    match outcome {
        Ok((client, token)) => {
            let known = access_token(sso, client, token).or_else(|| refresh_token(sso, client, token));
            // Why a token does not count is not said (§2.2).
            let answer = known.unwrap_or_else(|| json!({"active": false}));
            Reply::json(StatusCode::OK, &answer)
        }
        Err(refusal) => refusal.reply(),
    }
}

/// An access token of the client, or for a service that the client's own tokens are for (§4).
fn access_token(sso: &Sso, client: &Client, token: &str) -> Option<Value> {
    let claims = sso.verify_any(token).ok()?;
    let concerned = claims.client_id == client.id
        || claims
            .aud
            .iter()
            .any(|audience| *audience == client.id || client.audience.contains(audience));
    if !concerned {
        return None;
    }
    let mut answer = json!(claims);
    answer["active"] = json!(true);
    answer["token_type"] = json!("Bearer");
    answer["username"] = json!(sso.person(&claims)?.email);
    Some(answer)
}

/// A refresh token of the client.
fn refresh_token(sso: &Sso, client: &Client, value: &str) -> Option<Value> {
    let state = sso.state();
    let token = state.refresh_tokens.get(value)?;
    let grant = state.grants.get(&token.grant)?;
    let counts = grant.client == client.id && !grant.ended && !token.used && token.expires_s > sso.now_s();
    counts.then(|| {
        json!({
            "active": true,
            "client_id": grant.client,
            "scope": grant.scope,
            "sub": grant.session.persona.sso_id,
            "username": grant.session.persona.email,
            "exp": token.expires_s,
        })
    })
}
