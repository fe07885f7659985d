//! The redirect URI must be one of the client's, character by character (RFC 9700, §4.1.3).

use super::{Authorization, Refusal};

pub(super) fn match_redirect_uri(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let uri = authorization
        .parameter("redirect_uri")
        .ok_or_else(|| Refusal::Tell("The application did not say where to go back to.".to_owned()))?
        .to_owned();
    let known = authorization
        .client
        .is_some_and(|client| client.redirect_uris.contains(&uri));
    if !known {
        return Err(Refusal::Tell(
            "The application wants to be sent to an address that is not its own.".to_owned(),
        ));
    }
    authorization.redirect_uri = uri;
    Ok(())
}
