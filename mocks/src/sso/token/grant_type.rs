//! Only the authorization code grant is offered (RFC 6749, §4.1.3).

use super::{Exchange, Refusal};

pub(super) fn support_grant_type(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    match request.field("grant_type") {
        Some("authorization_code") => Ok(()),
        Some(other) => Err(Refusal::new(
            "unsupported_grant_type",
            format!("the grant type {other} is not offered"),
        )),
        None => Err(Refusal::new("invalid_request", "grant_type is missing")),
    }
}
