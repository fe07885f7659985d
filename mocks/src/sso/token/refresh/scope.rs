//! A scope may be asked for again, and no wider than it was granted (RFC 6749, §6, `scope`).

use super::super::super::claims::holds;
use super::{Refusal, Renewal};

pub(super) fn stay_within_grant(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    let asked = renewal.asked.field("scope").unwrap_or_default();
    if asked
        .split(' ')
        .all(|word| word.is_empty() || holds(&renewal.grant.scope, word))
    {
        Ok(())
    } else {
        Err(Refusal::new(
            "invalid_scope",
            "a part of this scope was not granted",
        ))
    }
}
