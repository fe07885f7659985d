//! The redirect URI must be the one of the authorization request (RFC 6749, §4.1.3).

use super::{Redemption, Refusal};

pub(super) fn match_redirect_uri(redemption: &Redemption<'_>) -> Result<(), Refusal> {
    if redemption.asked.field("redirect_uri") == Some(&redemption.code.redirect_uri) {
        Ok(())
    } else {
        Err(Refusal::new(
            "invalid_grant",
            "the redirect URI is not that of the code",
        ))
    }
}
