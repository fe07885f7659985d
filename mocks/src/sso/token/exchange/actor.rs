//! The actor token must count, and be for the audience that may act (RFC 8693, §2.1, `actor_token`).

use super::{Refusal, Swap, kind};

/// Delegation only: the new token always says who acts (RFC 8693, §1.1).
pub(super) fn know_actor(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    let token = swap.asked.required("actor_token")?;
    kind::known(swap.asked.required("actor_token_type")?, "actor_token_type")?;
    let claims = swap
        .verified(token)
        .map_err(|reason| Refusal::new("invalid_request", format!("the actor token is refused: {reason}")))?;
    swap.actor = Some(claims);
    Ok(())
}

/// Somebody who only has a token of another application acts for nobody.
pub(super) fn has_the_audience(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    let Some(needed) = &swap.asked.client.actor_audience else {
        return Ok(());
    };
    let has = swap
        .actor
        .as_ref()
        .is_some_and(|claims| claims.aud.contains(needed));
    if has {
        Ok(())
    } else {
        Err(Refusal::new(
            "invalid_request",
            format!("the actor token is refused: it is not for the audience {needed}"),
        ))
    }
}
