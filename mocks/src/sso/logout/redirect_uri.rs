//! The address to go to must be one of the client's, character by character (RP-Initiated Logout 1.0, §3.1).
//! The state is carried along (§2, `state`).

use super::super::page::with_query;
use super::Request;

pub(super) fn match_redirect_uri(request: &mut Request<'_>) -> Result<(), &'static str> {
    let Some(uri) = request.parameter("post_logout_redirect_uri") else {
        return Ok(());
    };
    let client = request
        .client
        .ok_or("The application did not say who it is, and wants to be sent somewhere.")?;
    if !client.post_logout_redirect_uris.iter().any(|known| known == uri) {
        return Err("The application wants to be sent to an address that is not its own.");
    }
    request.then = Some(match request.parameter("state") {
        Some(state) => with_query(uri, &[("state", state)]),
        None => uri.to_owned(),
    });
    Ok(())
}
