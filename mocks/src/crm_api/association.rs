//! `POST|DELETE /v1/leads/{contactId}/tickets/{ticketId}`: ties a ticket to a customer, or unties it.

use http::StatusCode;
use serde_json::json;

use super::CrmApi;
use crate::desk::{Call, Mock, Reply};

pub(super) fn associate(mock: &CrmApi, call: &Call) -> Reply {
    set(mock, call, true)
}

pub(super) fn disassociate(mock: &CrmApi, call: &Call) -> Reply {
    set(mock, call, false)
}

/// Makes it so, however often it is asked for.
fn set(mock: &CrmApi, call: &Call, associated: bool) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let (contact, ticket) = (call.param("contactId"), call.param("ticketId"));
    let company = &persona.company_sso_id;
    let changed = {
        let mut books = mock.scene.books();
        if books.customer_of(company, contact).is_none() {
            return Reply::error(
                StatusCode::NOT_FOUND,
                "contact_not_found",
                "there is no such contact",
            );
        }
        let Some(ticket) = books.ticket_mut(company, ticket) else {
            return Reply::error(
                StatusCode::NOT_FOUND,
                "ticket_not_found",
                "there is no such ticket",
            );
        };
        let was = ticket.customers.iter().any(|id| id == contact);
        match (was, associated) {
            (false, true) => ticket.customers.push(contact.to_owned()),
            (true, false) => ticket.customers.retain(|id| id != contact),
            _ => {}
        }
        was != associated
    };
    let name = if associated {
        "ticket-associated"
    } else {
        "ticket-disassociated"
    };
    let data = json!({"contact_id": contact, "ticket_id": ticket, "changed": changed});
    mock.scene.tell(CrmApi::NAME, call.exchange, name, data);
    Reply::json(
        StatusCode::OK,
        &json!({"data": {"contact_id": contact, "ticket_id": ticket, "associated": associated}}),
    )
}
