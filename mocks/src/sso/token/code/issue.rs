//! Issues the tokens of a code (RFC 6749, §5.1; OpenID Connect Core, §3.1.3.3).

use serde_json::{Value, json};

use super::super::super::mint::Access;
use super::super::super::scope::holds;
use super::super::super::state::Grant;
use super::{Redemption, Refusal, known, not_made};

pub(super) fn issue_tokens(redemption: &Redemption<'_>) -> Result<Value, Refusal> {
    let grant = claim_code(redemption)?;
    issue_for(redemption, &grant)
}

/// The tokens of a grant that has begun.
pub(super) fn issue_for(redemption: &Redemption<'_>, grant: &str) -> Result<Value, Refusal> {
    let (sso, client) = (redemption.asked.sso, redemption.asked.client);
    let code = &redemption.code;
    let access = sso
        .mint_access(&Access {
            client,
            persona: &code.session.persona,
            audience: client.audience.clone(),
            scope: &code.scope,
            grant: Some(grant),
            act: None,
            until_s: None,
        })
        .map_err(not_made)?;
    let identity = sso
        .mint_identity(
            client,
            &code.session,
            &code.scope,
            code.nonce.as_deref(),
            &access.token,
        )
        .map_err(not_made)?;
    sso.tell(
        redemption.asked.exchange,
        "tokens-issued",
        json!({"client": client.id, "persona": code.session.persona.key, "expires_in": access.lifetime}),
    );
    let mut tokens = json!({
        "access_token": access.token,
        "token_type": "Bearer",
        "expires_in": access.lifetime,
        "id_token": identity,
        "scope": code.scope,
    });
    // Only where the user's absence was asked for. The standard wants consent to it, or "other conditions" under which
    // it may be granted (OpenID Connect Core, §11): a registration that lists `offline_access` is such a condition here.
    if holds(&code.scope, "offline_access") {
        tokens["refresh_token"] = json!(sso.mint_refresh(client, grant));
    }
    Ok(tokens)
}

/// Spends the code, and gives the grant's id. Of two requests that came at the same time the slower one is a
/// second use like any other.
pub(super) fn claim_code(redemption: &Redemption<'_>) -> Result<String, Refusal> {
    let sso = redemption.asked.sso;
    let id = sso.scene.random().token();
    let mut state = sso.state();
    let code = state
        .codes
        .get_mut(redemption.value)
        .ok_or_else(|| Refusal::new("invalid_grant", "the code is not known"))?;
    if let Some(grant) = code.spent_for.clone() {
        drop(state);
        return Err(known::reused(redemption, &grant));
    }
    code.spent_for = Some(id.clone());
    let grant = Grant {
        client: redemption.code.client.clone(),
        scope: redemption.code.scope.clone(),
        session: redemption.code.session.clone(),
        given_s: sso.now_s(),
        ended: false,
    };
    state.grants.insert(id.clone(), grant);
    Ok(id)
}
