//! Fails as the scenario directed.

use http::StatusCode;
use serde_json::json;

use super::Creation;
use crate::desk::Reply;

pub(super) fn fail_as_directed(creation: &mut Creation<'_>) -> Result<(), Reply> {
    let Some(failure) = creation.crm.stage().ticket_error.clone() else {
        return Ok(());
    };
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut error = json!({"code": failure.code.unwrap_or_else(|| format!("http_{}", failure.status))});
    if let Some(message) = failure.message {
        error["message"] = json!(message);
    }
    Err(Reply::json(status, &json!({"error": error})))
}
