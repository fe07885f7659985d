//! `POST /api/mobile/v2.8/deals`: creates a deal for the legacy embed, by the token from its address.

use http::StatusCode;
use serde_json::json;

use super::CrmEmbed;
use crate::desk::{Call, Reply};

pub(super) fn answer(crm: &CrmEmbed, call: &Call) -> Reply {
    let Some(persona) = crm.bearer(call) else {
        return Reply::error(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "The token does not count.",
        );
    };
    let body = call.json().unwrap_or_default();
    let customer = body["customer_id"].as_str().unwrap_or_default();
    let name = body["name"].as_str().unwrap_or_default().trim();
    let mut books = crm.scene.books();
    if books.customer_of(&persona.company_sso_id, customer).is_none() {
        return Reply::error(
            StatusCode::NOT_FOUND,
            "contact_not_found",
            "There is no such contact.",
        );
    }
    if name.is_empty() {
        return Reply::error(
            StatusCode::UNPROCESSABLE_ENTITY,
            "name_missing",
            "The deal needs a name.",
        );
    }
    let deal = books.make_deal(customer, name);
    drop(books);
    crm.tell(
        call.exchange,
        "deal-created",
        json!({"deal_id": deal.id, "contact_id": customer}),
    );
    Reply::json(
        StatusCode::CREATED,
        &json!({"data": {"id": deal.id, "name": deal.name, "stage": deal.stage}}),
    )
}
