//! What is asked for must be an access token (RFC 8693, §2.1, `requested_token_type`, and §3).

use super::{Refusal, Swap};

/// An access token, of the kind we issue. Who asks for no kind gets this one.
pub(super) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// A JSON Web Token, which our access tokens are too.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(super) fn want_access_token(swap: &mut Swap<'_>) -> Result<(), Refusal> {
    if let Some(kind) = swap.asked.field("requested_token_type") {
        // The same token goes by either name, and the answer takes the one that was asked for (§2.2.1).
        swap.kind = known(kind, "requested_token_type")?;
    }
    Ok(())
}

/// The kind of token, if it is one we take and give.
pub(super) fn known(kind: &str, parameter: &str) -> Result<&'static str, Refusal> {
    let mut kinds = [ACCESS_TOKEN, JWT].into_iter();
    kinds
        .find(|known| *known == kind)
        .ok_or_else(|| Refusal::new("invalid_request", format!("{parameter} must be {ACCESS_TOKEN}")))
}
