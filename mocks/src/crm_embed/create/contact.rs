//! The contact must be a customer of the caller's company.

use http::StatusCode;

use super::Creation;
use crate::desk::Reply;

pub(super) fn know_contact(creation: &mut Creation<'_>) -> Result<(), Reply> {
    let id = creation.body["contact"]["qontak_customer_id"]
        .as_str()
        .unwrap_or_default();
    let company = creation
        .persona
        .as_ref()
        .map(|persona| persona.company_sso_id.as_str())
        .unwrap_or_default();
    creation.customer = creation.crm.scene.books().customer_of(company, id).cloned();
    if creation.customer.is_some() {
        return Ok(());
    }
    Err(Reply::error(
        StatusCode::NOT_FOUND,
        "contact_not_found",
        "There is no such contact.",
    ))
}
