//! Somebody must be signed in.

use http::StatusCode;

use super::Creation;
use crate::desk::Reply;

pub(super) fn require_caller(creation: &mut Creation<'_>) -> Result<(), Reply> {
    creation.persona = creation.crm.caller(creation.call);
    if creation.persona.is_some() {
        return Ok(());
    }
    Err(Reply::error(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "Sign in to the CRM first.",
    ))
}
