//! The request is a form (RFC 6749, §4.1.3), and no parameter comes twice (§3.2).

use std::collections::BTreeSet;

use super::{Exchange, Refusal};

pub(super) fn require_form(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    let Some(fields) = &request.fields else {
        return Err(Refusal::new("invalid_request", "the request is not a form"));
    };
    let mut seen = BTreeSet::new();
    match fields.iter().find(|(name, _)| !seen.insert(name)) {
        Some((name, _)) => Err(Refusal::new("invalid_request", format!("{name} is given twice"))),
        None => Ok(()),
    }
}
