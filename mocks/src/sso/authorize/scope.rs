//! The scope must hold `openid` (OpenID Connect Core, §3.1.2.1, `scope`).

use super::{Authorization, Refusal};

pub(super) fn require_openid(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let scope = authorization.parameter("scope").unwrap_or_default();
    if scope.split(' ').any(|word| word == "openid") {
        Ok(())
    } else {
        Err(Refusal::back("invalid_scope", "the scope must hold openid"))
    }
}
