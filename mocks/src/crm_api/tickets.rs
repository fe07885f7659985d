//! `GET /v1/tickets`: the tickets of a customer, or of the company.

use fixtures::Ticket;
use http::StatusCode;
use serde_json::{Value, json};

use super::CrmApi;
use crate::desk::{Call, Reply};
use crate::paging::Paging;

pub(super) fn list(mock: &CrmApi, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let wanted = call.query("query").unwrap_or_default().to_lowercase();
    let customer = call.query("qontak_customer_id").filter(|id| !id.is_empty());
    let paging = Paging::of(call);
    let books = mock.scene.books();
    let found: Vec<Value> = books
        .tickets(&persona.company_sso_id, customer)
        .into_iter()
        .filter(|ticket| ticket.name.to_lowercase().contains(&wanted))
        .map(shown)
        .collect();
    let total = found.len();
    Reply::json(
        StatusCode::OK,
        &json!({
            "data": paging.cut(found),
            "meta": {"total": total, "page": paging.page, "limit": paging.limit},
        }),
    )
}

/// A ticket as lists show it.
fn shown(ticket: &Ticket) -> Value {
    json!({
        "id": ticket.id,
        "name": ticket.name,
        "slug": ticket.slug,
        "status": ticket.status,
        "pipeline_id": ticket.pipeline_id,
        "stage_id": ticket.stage_id,
        "created_at": ticket.created_at,
        "data_source": ticket.data_source,
    })
}
