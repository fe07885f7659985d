//! `GET /v1/conversations`: the conversations of the company the agent works in.

use http::StatusCode;
use serde_json::{Value, json};

use super::{HubCore, company, not_found};
use crate::desk::{Call, Reply};

pub(super) fn list(mock: &HubCore, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let Some(company) = company::current(mock, call, persona) else {
        return not_found("company_not_found", "there is no such company");
    };
    let books = mock.scene.books();
    let conversations: Vec<Value> = books
        .conversations(&company)
        .into_iter()
        .map(|conversation| {
            json!({
                "id": conversation.id,
                "customer_name": books.customer(&conversation.customer).map(|customer| &customer.name),
                "last_message": conversation.last_message,
                "unread": conversation.unread,
            })
        })
        .collect();
    let total = conversations.len();
    Reply::json(
        StatusCode::OK,
        &json!({"data": conversations, "meta": {"total": total}}),
    )
}
