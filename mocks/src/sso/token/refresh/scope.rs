//! A scope may be asked for again, and no wider than it was granted (RFC 6749, §6, `scope`).

use super::super::super::claims::holds;
use super::{Refusal, Renewal};

pub(super) fn stay_within_grant(renewal: &Renewal<'_>) -> Result<(), Refusal> {
    let asked = renewal.asked.field("scope").unwrap_or_default();
    match asked
        .split(' ')
        .find(|word| !word.is_empty() && !holds(&renewal.grant.scope, word))
    {
        Some(word) => Err(Refusal::new(
            "invalid_scope",
            format!("the scope {word} was not granted"),
        )),
        None => Ok(()),
    }
}
