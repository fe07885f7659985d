//! How a scenario directs the CRM's API. Answers that fail or stall are the gateway's faults, not ours.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::CrmApi;

/// Directions for the CRM's API.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct CrmApiDirection {
    /// The tickets associated with a customer, by the customer's id. They replace those it had.
    associations: BTreeMap<String, Vec<String>>,
    /// Changes to tickets by id; `null` makes the ticket unknown.
    tickets: BTreeMap<String, Option<TicketChange>>,
}

/// What changes about a ticket.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct TicketChange {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Its status, as people read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
}

impl CrmApi {
    pub(super) fn direct(&self, direction: &CrmApiDirection) {
        self.note(json!(direction));
        let mut books = self.scene.books();
        let tickets = books.all_tickets_mut();
        for (customer, associated) in &direction.associations {
            for ticket in tickets.iter_mut() {
                ticket.customers.retain(|id| id != customer);
                if associated.contains(&ticket.id) {
                    ticket.customers.push(customer.clone());
                }
            }
        }
        for (id, change) in &direction.tickets {
            let Some(change) = change else {
                tickets.retain(|ticket| ticket.id != *id);
                continue;
            };
            for ticket in tickets.iter_mut().filter(|ticket| ticket.id == *id) {
                if let Some(name) = &change.name {
                    ticket.name.clone_from(name);
                }
                if let Some(status) = &change.status {
                    ticket.status.clone_from(status);
                }
            }
        }
    }
}
