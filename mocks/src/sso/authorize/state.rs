//! A client whose policy demands it must send a state, which protects its callback (RFC 6749, §10.12). With
//! PKCE a client may do without one (RFC 9700, §2.1).

use fixtures::Demand;

use super::{Authorization, Refusal};

pub(super) fn require_state(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let demanded = authorization
        .client
        .is_some_and(|client| client.demands(Demand::State));
    match authorization.parameter("state") {
        None if demanded => Err(Refusal::back("invalid_request", "state is missing")),
        _ => Ok(()),
    }
}
