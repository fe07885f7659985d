//! The client must be registered with this issuer (RFC 6749, §4.1.1, `client_id`).

use super::{Authorization, Refusal};

pub(super) fn know_client(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let id = authorization
        .parameter("client_id")
        .ok_or_else(|| Refusal::Tell("The application did not say who it is.".to_owned()))?;
    let client = authorization
        .sso
        .client_at(authorization.issuer, id)
        .ok_or_else(|| Refusal::Tell("The application is not known here.".to_owned()))?;
    authorization.client = Some(client);
    Ok(())
}
