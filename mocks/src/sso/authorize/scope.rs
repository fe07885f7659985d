//! The scope must hold `openid` (OpenID Connect Core, §3.1.2.1, `scope`). What the client may not have is left
//! out, and the token answer says so (RFC 6749, §3.3); `openid` cannot be.

use super::super::scope::holds;
use super::{Authorization, Refusal};

pub(super) fn require_openid(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let scope = authorization.parameter("scope").unwrap_or_default();
    if !holds(scope, "openid") {
        return Err(Refusal::back("invalid_scope", "the scope must hold openid"));
    }
    if let Some(client) = authorization.client {
        authorization.scope = client.allowed(scope);
    }
    if !holds(&authorization.scope, "openid") {
        return Err(Refusal::back(
            "invalid_scope",
            "the client may not ask for openid",
        ));
    }
    Ok(())
}
