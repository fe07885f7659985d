//! Issues tokens anew (RFC 6749, §6; OpenID Connect Core, §12.2).

use serde_json::{Value, json};

use super::super::super::mint::Access;
use super::super::super::scope::{holds, only};
use super::{Refusal, Renewal, known, not_made};

pub(super) fn issue_tokens(renewal: &Renewal<'_>) -> Result<Value, Refusal> {
    spend(renewal)?;
    issue_anew(renewal)
}

/// The tokens for one that was spent.
pub(super) fn issue_anew(renewal: &Renewal<'_>) -> Result<Value, Refusal> {
    let (sso, client) = (renewal.asked.sso, renewal.asked.client);
    let grant = &renewal.grant;
    let asked = renewal.asked.field("scope").unwrap_or_default();
    let scope = only(asked, |_| true).unwrap_or_else(|| grant.scope.clone());
    let access = sso
        .mint_access(&Access {
            client,
            persona: &grant.session.persona,
            audience: client.audience.clone(),
            scope: &scope,
            grant: Some(&renewal.token.grant),
            act: None,
            until_s: None,
        })
        .map_err(not_made)?;
    let mut tokens = json!({
        "access_token": access.token,
        "token_type": "Bearer",
        "expires_in": access.lifetime,
        "refresh_token": sso.mint_refresh(client, &renewal.token.grant),
        "scope": scope,
    });
    if holds(&scope, "openid") {
        // `auth_time` is the original one, and there is no nonce (OpenID Connect Core, §12.2).
        let identity = sso.mint_identity(client, &grant.session, &scope, None, &access.token);
        tokens["id_token"] = json!(identity.map_err(not_made)?);
    }
    sso.tell(
        renewal.asked.exchange,
        "tokens-refreshed",
        json!({"client": client.id, "persona": grant.session.persona.key, "expires_in": access.lifetime}),
    );
    Ok(tokens)
}

/// Spends the token. Of two requests that came at the same time the slower one is a second use like any other.
pub(super) fn spend(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    let mut state = renewal.asked.sso.state();
    let token = state
        .refresh_tokens
        .get_mut(renewal.value)
        .ok_or_else(|| Refusal::new("invalid_grant", "the refresh token is not known"))?;
    if token.used {
        drop(state);
        return Err(known::reused(renewal));
    }
    token.used = true;
    Ok(())
}
