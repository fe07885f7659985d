//! What is asked for must be an access token (RFC 8693, §2.1, `requested_token_type`, and §3).

use super::{Refusal, Swap};

/// An access token, of the kind we issue.
pub(super) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// A JSON Web Token, which our access tokens are too.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(super) fn want_access_token(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    match swap.asked.field("requested_token_type") {
        None => Ok(()),
        Some(kind) => known(kind, "requested_token_type"),
    }
}

/// Whether a kind of token is one we take and give.
pub(super) fn known(kind: &str, parameter: &str) -> Result<(), Refusal> {
    if matches!(kind, ACCESS_TOKEN | JWT) {
        Ok(())
    } else {
        Err(Refusal::new(
            "invalid_request",
            format!("{parameter} must be {ACCESS_TOKEN}"),
        ))
    }
}
