//! The user must be in a group that may use the application (RFC 6749, §4.1.2.1, `access_denied`). Looked at
//! before anything else is asked, so that nobody consents to what they may not have.

use super::{Authorization, Refusal};

pub(super) fn belong_to_group(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    match (authorization.client, &authorization.session) {
        (Some(client), Some(session)) if client.admits(&session.persona) => Ok(()),
        _ => Err(Refusal::back(
            "access_denied",
            "the user is in no group that may use this application",
        )),
    }
}
