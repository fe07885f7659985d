//! The client by its name or by the hint, which must agree (RP-Initiated Logout 1.0, §2, `client_id`).

use super::Request;

pub(super) fn know_client(request: &mut Request<'_>) -> Result<(), &'static str> {
    let hinted = request.hinted.as_ref().map(|hinted| hinted.client.as_str());
    let named = request.parameter("client_id");
    let id = match (named, hinted) {
        (Some(named), Some(hinted)) if named != hinted => {
            return Err("The hint of the application was issued to another application.");
        }
        (named, hinted) => named.or(hinted),
    };
    let Some(id) = id else {
        return Ok(());
    };
    let client = request
        .sso
        .client_at(request.issuer, id)
        .ok_or("The application is not known here.")?;
    request.client = Some(client);
    Ok(())
}
