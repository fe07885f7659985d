//! Requests as objects are not offered, and are said not to be (OpenID Connect Core, §3.1.2.6 and §6).

use super::{Authorization, Refusal};

pub(super) fn refuse_request_object(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    if authorization.parameter("request").is_some() {
        return Err(Refusal::back(
            "request_not_supported",
            "request objects are not offered",
        ));
    }
    if authorization.parameter("request_uri").is_some() {
        return Err(Refusal::back(
            "request_uri_not_supported",
            "request objects are not offered",
        ));
    }
    Ok(())
}
