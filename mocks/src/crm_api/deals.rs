//! `GET /v1/deals`: the deals of a customer.

use http::StatusCode;
use serde_json::{Value, json};

use super::CrmApi;
use crate::desk::{Call, Reply};

pub(super) fn list(mock: &CrmApi, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let books = mock.scene.books();
    let customer = call.query("qontak_customer_id").unwrap_or_default();
    let deals: Vec<Value> = match books.customer_of(&persona.company_sso_id, customer) {
        Some(_) => books
            .deals(customer)
            .into_iter()
            .map(|deal| json!({"id": deal.id, "name": deal.name, "stage": deal.stage}))
            .collect(),
        None => Vec::new(),
    };
    Reply::json(
        StatusCode::OK,
        &json!({"data": deals, "meta": {"total": deals.len()}}),
    )
}
