//! Whom the client means (OpenID Connect Core, §3.1.2.1, `id_token_hint`). `login_hint` only fills in the form.

use super::{Authorization, Refusal};

/// The hint may have expired; it must be ours.
pub(super) fn understand_hint(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let Some(token) = authorization.parameter("id_token_hint") else {
        return Ok(());
    };
    let claims = authorization
        .sso
        .hinted(authorization.issuer, token)
        .ok_or_else(|| {
            Refusal::back(
                "invalid_request",
                "id_token_hint is not an identity token of this issuer",
            )
        })?;
    authorization.meant = claims["sub"].as_str().map(str::to_owned);
    Ok(())
}
