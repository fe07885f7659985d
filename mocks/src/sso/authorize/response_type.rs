//! Only the code flow is offered (OpenID Connect Core, §3.1.2.1, `response_type`).

use super::{Authorization, Refusal};

pub(super) fn support_response_type(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    match authorization.parameter("response_type") {
        Some("code") => Ok(()),
        Some(other) => Err(Refusal::back(
            "unsupported_response_type",
            format!("the response type {other} is not offered"),
        )),
        None => Err(Refusal::back("invalid_request", "response_type is missing")),
    }
}
