//! No parameter may come twice (RFC 6749, §3.1), but for the services a token is to be for (RFC 8707, §2).

use std::collections::BTreeSet;

use super::{Authorization, Refusal};

pub(super) fn refuse_repeated_parameters(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    match authorization
        .parameters
        .iter()
        .find(|(name, _)| !seen.insert(name) && name != "resource")
    {
        Some((name, _)) => Err(Refusal::back("invalid_request", format!("{name} is given twice"))),
        None => Ok(()),
    }
}
