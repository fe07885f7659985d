//! The client must send a state, which protects its callback (RFC 6749, §10.12).

use super::{Authorization, Refusal};

pub(super) fn require_state(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    match authorization.parameter("state") {
        Some(state) if !state.is_empty() => Ok(()),
        _ => Err(Refusal::back("invalid_request", "state is missing")),
    }
}
