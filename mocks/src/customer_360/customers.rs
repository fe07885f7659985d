//! `GET /v1/customers` and `GET /v1/customers/{id}`: the customers of the agent's company.

use fixtures::Customer;
use http::StatusCode;
use serde_json::{Value, json};

use super::Customer360;
use crate::desk::{Call, Reply};
use crate::paging::Paging;

pub(super) fn list(mock: &Customer360, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let wanted = call.query("query").unwrap_or_default().to_lowercase();
    let paging = Paging::of(call);
    let found: Vec<Value> = mock
        .scene
        .books()
        .customers()
        .iter()
        .filter(|customer| customer.company == persona.company_sso_id && matches(customer, &wanted))
        .filter_map(|customer| shown(mock, customer))
        .collect();
    let total = found.len();
    Reply::json(
        StatusCode::OK,
        &json!({"data": paging.cut(found), "meta": {"total": total}}),
    )
}

pub(super) fn detail(mock: &Customer360, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let found = mock
        .scene
        .books()
        .customer_of(&persona.company_sso_id, call.param("id"))
        .and_then(|customer| shown(mock, customer));
    match found {
        Some(customer) => Reply::json(StatusCode::OK, &json!({"data": customer})),
        None => Reply::error(
            StatusCode::NOT_FOUND,
            "customer_not_found",
            "there is no such customer",
        ),
    }
}

fn matches(customer: &Customer, wanted: &str) -> bool {
    [
        Some(&customer.name),
        customer.phone.as_ref(),
        customer.email.as_ref(),
    ]
    .into_iter()
    .flatten()
    .any(|text| text.to_lowercase().contains(wanted))
}

/// A customer as answers show it: without what is the service's own, and as directed.
fn shown(mock: &Customer360, customer: &Customer) -> Option<Value> {
    let mut value = serde_json::to_value(customer).ok()?;
    let object = value.as_object_mut()?;
    object.remove("company");
    match mock.stage().customers.get(&customer.id) {
        Some(None) => return None,
        Some(Some(changes)) => {
            for (name, change) in changes {
                object.insert(name.clone(), change.clone());
            }
        }
        None => {}
    }
    Some(value)
}
