//! The new token does no more than the subject's does (RFC 8693, §2.1, `scope`). It renews nothing.

use super::super::super::scope::{holds, named, only, words};
use super::{Refusal, Swap};

pub(super) fn stay_within_subject(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    let has = swap
        .subject
        .as_ref()
        .map(|claims| claims.scope.as_str())
        .unwrap_or_default();
    let asked = named(swap.asked.field("scope")).unwrap_or(has);
    if words(asked).any(|word| !holds(has, word)) {
        return Err(Refusal::new(
            "invalid_scope",
            "the subject token does not have all of this scope",
        ));
    }
    // An answer cannot name a scope without a word (RFC 6749, §3.3).
    swap.scope = only(asked, |word| word != "offline_access").ok_or_else(|| {
        Refusal::new(
            "invalid_scope",
            "nothing of this scope is left: the new token renews nothing",
        )
    })?;
    Ok(())
}
