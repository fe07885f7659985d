//! `POST /api/mobile/v2.8/tickets`: creates a ticket.

mod caller;
mod contact;
mod fields;
mod file;
mod origin;
mod pipeline;
mod staged;
mod title;

use fixtures::{Customer, Persona};
use http::StatusCode;
use serde_json::{Value, json};

use super::CrmEmbed;
use crate::desk::{Call, Reply};

/// One check: lets a ticket pass, noting what it found, or refuses it.
type Check = fn(&mut Creation<'_>) -> Result<(), Reply>;

/// The checks, in order.
const CHECKS: &[Check] = &[
    staged::fail_as_directed,
    origin::refuse_other_origins,
    caller::require_caller,
    contact::know_contact,
    title::require_title,
    pipeline::know_pipeline,
    fields::require_fields,
];

/// A ticket on its way through the checks.
pub(super) struct Creation<'a> {
    crm: &'a CrmEmbed,
    call: &'a Call,
    body: Value,
    persona: Option<Persona>,
    customer: Option<Customer>,
}

impl Creation<'_> {
    /// A text of `ticket`, trimmed; empty where it is absent.
    fn ticket(&self, name: &str) -> &str {
        self.body["ticket"][name].as_str().unwrap_or_default().trim()
    }

    fn company(&self) -> &str {
        self.customer
            .as_ref()
            .map(|customer| customer.company.as_str())
            .unwrap_or_default()
    }
}

pub(super) fn answer(crm: &CrmEmbed, call: &Call) -> Reply {
    let mut creation = Creation {
        crm,
        call,
        body: call.json().unwrap_or_default(),
        persona: None,
        customer: None,
    };
    match CHECKS.iter().try_for_each(|check| check(&mut creation)) {
        Ok(()) => file::file_ticket(&creation),
        Err(refusal) => {
            let answer: Value = serde_json::from_slice(refusal.body()).unwrap_or_default();
            crm.tell(
                call.exchange,
                "ticket-refused",
                json!({"status": refusal.status.as_u16(), "code": answer["error"]["code"]}),
            );
            refusal
        }
    }
}

/// What is wrong with a ticket that was understood.
fn invalid(code: &str, message: &str) -> Reply {
    Reply::error(StatusCode::UNPROCESSABLE_ENTITY, code, message)
}
