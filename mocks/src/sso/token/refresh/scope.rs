//! A scope may be asked for again, and no wider than it was granted (RFC 6749, §6, `scope`).

use super::super::super::scope::{holds, words};
use super::{Refusal, Renewal};

pub(super) fn stay_within_grant(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    let asked = renewal.asked.field("scope").unwrap_or_default();
    if words(asked).all(|word| holds(&renewal.grant.scope, word)) {
        Ok(())
    } else {
        Err(Refusal::new(
            "invalid_scope",
            "a part of this scope was not granted",
        ))
    }
}
