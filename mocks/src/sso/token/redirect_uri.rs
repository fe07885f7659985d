//! The redirect URI must be the one of the authorization request (RFC 6749, §4.1.3).

use super::{Exchange, Refusal};

pub(super) fn match_redirect_uri(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    match &request.code {
        Some((_, code)) if request.field("redirect_uri") == Some(&code.redirect_uri) => Ok(()),
        _ => Err(Refusal::new(
            "invalid_grant",
            "the redirect URI is not that of the code",
        )),
    }
}
