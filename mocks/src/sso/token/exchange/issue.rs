//! Issues the new token, with who acts (RFC 8693, §2.2.1 and §4.1).

use serde_json::{Value, json};

use super::super::super::mint::Access;
use super::{Refusal, Swap, not_made};

pub(super) fn issue_token(swap: &Swap<'_>) -> Result<Value, Refusal> {
    let (Some(subject), Some(actor)) = (&swap.subject, &swap.actor) else {
        return Err(Refusal::new("invalid_request", "a token is missing"));
    };
    let sso = swap.asked.sso;
    let person = |claims| {
        sso.person(claims)
            .ok_or_else(|| Refusal::new("invalid_request", "a token speaks for nobody"))
    };
    let (persona, acting) = (person(subject)?, person(actor)?);
    let mut act = json!({"sub": actor.sub, "iss": actor.iss, "client_id": actor.client_id});
    // Who acted before stays inside, for the record (RFC 8693, §4.1).
    if let Some(before) = &subject.act {
        act["act"] = before.clone();
    }
    let access = sso
        .mint_access(&Access {
            client: swap.asked.client,
            persona,
            audience: swap.audience.clone(),
            scope: &swap.scope,
            grant: None,
            act: Some(act),
            // It outlives neither of the two it stands for.
            until_s: Some(subject.exp.min(actor.exp)),
        })
        .map_err(not_made)?;
    let data = json!({
        "client": swap.asked.client.id,
        "persona": persona.key,
        "actor": acting.key,
        "audience": swap.audience,
        "issuer": swap.asked.issuer.name,
    });
    sso.tell(swap.asked.exchange, "token-exchanged", data);
    Ok(json!({
        "access_token": access.token,
        "issued_token_type": swap.kind,
        "token_type": "Bearer",
        "expires_in": access.lifetime,
        "scope": swap.scope,
    }))
}
