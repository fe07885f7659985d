//! The refresh token must be known, this client's, unused, of a grant that holds, and young (RFC 6749, §6 and
//! §10.4).

use serde_json::json;

use super::super::super::state::{Grant, RefreshToken};
use super::{Exchange, Refusal, Renewal};

pub(super) fn find_token(asked: &Exchange<'_>, value: &str) -> Result<(RefreshToken, Grant), Refusal> {
    let state = asked.sso.state();
    state
        .refresh_tokens
        .get(value)
        .and_then(|token| Some((token.clone(), state.grants.get(&token.grant)?.clone())))
        .ok_or_else(|| Refusal::new("invalid_grant", "the refresh token is not known"))
}

/// Bound to the client (RFC 6749, §10.4).
pub(super) fn match_client(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    if renewal.grant.client == renewal.asked.client.id {
        Ok(())
    } else {
        Err(Refusal::new(
            "invalid_grant",
            "the refresh token was issued to another client",
        ))
    }
}

pub(super) fn refuse_reuse(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    if renewal.token.used {
        Err(reused(renewal))
    } else {
        Ok(())
    }
}

/// One that comes again was stolen by one of the two, and nobody knows by which: the grant ends
/// (RFC 9700, §4.14.2).
pub(super) fn reused(renewal: &Renewal<'_>) -> Refusal {
    let sso = renewal.asked.sso;
    sso.state().end_grant(&renewal.token.grant);
    let data = json!({"client": renewal.grant.client, "persona": renewal.grant.session.persona.key});
    sso.tell(renewal.asked.exchange, "refresh-token-reused", data);
    Refusal::new("invalid_grant", "the refresh token was used before")
}

pub(super) fn refuse_ended_grant(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    if renewal.grant.ended {
        Err(Refusal::new("invalid_grant", "the grant was taken back"))
    } else {
        Ok(())
    }
}

pub(super) fn refuse_late_use(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    if renewal.token.expires_s <= renewal.asked.sso.now_s() {
        Err(Refusal::new("invalid_grant", "the refresh token has expired"))
    } else {
        Ok(())
    }
}
