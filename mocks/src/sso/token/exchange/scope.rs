//! The new token does no more than the subject's does (RFC 8693, §2.1, `scope`). It renews nothing.

use super::super::super::claims::holds;
use super::{Refusal, Swap};

pub(super) fn stay_within_subject(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    let has = swap
        .subject
        .as_ref()
        .map(|claims| claims.scope.as_str())
        .unwrap_or_default();
    let asked = swap.asked.field("scope").unwrap_or(has);
    if asked.split(' ').any(|word| !holds(has, word)) {
        return Err(Refusal::new(
            "invalid_scope",
            "the subject token does not have all of this scope",
        ));
    }
    let kept: Vec<&str> = asked
        .split(' ')
        .filter(|word| *word != "offline_access")
        .collect();
    swap.scope = kept.join(" ");
    Ok(())
}
