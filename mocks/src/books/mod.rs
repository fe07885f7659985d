//! The books: what the simulated services know and change, in one place, so that a ticket made through
//! the embed shows up in the CRM's lists.

use std::collections::BTreeMap;

use fixtures::{Company, Conversation, Customer, Deal, Organization, Persona, Records, Ticket};

/// Companies, customers, tickets, deals and conversations of one world.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    records: Records,
    made: u32,
    /// The company each person has selected at the account service, where it is not the person's first.
    selected: BTreeMap<String, String>,
}

/// A ticket about to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewTicket {
    pub(crate) company: String,
    pub(crate) name: String,
    pub(crate) pipeline_id: String,
    pub(crate) stage_id: String,
    pub(crate) data_source: String,
    pub(crate) created_at: String,
    pub(crate) customers: Vec<String>,
}

impl Books {
    pub(crate) fn open(records: Records) -> Self {
        Self {
            records,
            made: 0,
            selected: BTreeMap::new(),
        }
    }

    /// The company a person has selected at the account service.
    pub(crate) fn selected_company<'a>(&'a self, persona: &'a Persona) -> &'a str {
        self.selected
            .get(&persona.key)
            .map_or(persona.company_sso_id.as_str(), String::as_str)
    }

    pub(crate) fn select_companies(&mut self, selected: BTreeMap<String, String>) {
        self.selected.extend(selected);
    }

    pub(crate) fn organization(&self, id: &str) -> Option<&Organization> {
        self.records.organizations.get(id)
    }

    pub(crate) fn conversations(&self, company: &str) -> Vec<&Conversation> {
        self.records
            .conversations
            .iter()
            .filter(|conversation| conversation.company == company)
            .collect()
    }

    pub(crate) fn company(&self, id: &str) -> Option<&Company> {
        self.records.companies.get(id)
    }

    pub(crate) fn customers(&self) -> &[Customer] {
        &self.records.customers
    }

    /// A customer by id, whatever the company.
    pub(crate) fn customer(&self, id: &str) -> Option<&Customer> {
        self.records.customers.iter().find(|customer| customer.id == id)
    }

    /// A customer of a company.
    pub(crate) fn customer_of(&self, company: &str, id: &str) -> Option<&Customer> {
        self.customer(id).filter(|customer| customer.company == company)
    }

    /// A company's tickets, newest first; with a customer only those associated with that one.
    pub(crate) fn tickets(&self, company: &str, customer: Option<&str>) -> Vec<&Ticket> {
        let mut tickets: Vec<&Ticket> = self
            .records
            .tickets
            .iter()
            .filter(|ticket| ticket.company == company)
            .filter(|ticket| customer.is_none_or(|id| ticket.customers.iter().any(|known| known == id)))
            .collect();
        tickets.sort_by(|one, other| {
            (other.created_at.as_str(), other.id.as_str()).cmp(&(one.created_at.as_str(), one.id.as_str()))
        });
        tickets
    }

    /// A ticket of a company, to be changed.
    pub(crate) fn ticket_mut(&mut self, company: &str, id: &str) -> Option<&mut Ticket> {
        self.records
            .tickets
            .iter_mut()
            .find(|ticket| ticket.id == id && ticket.company == company)
    }

    pub(crate) fn all_tickets_mut(&mut self) -> &mut Vec<Ticket> {
        &mut self.records.tickets
    }

    pub(crate) fn all_tickets(&self) -> &[Ticket] {
        &self.records.tickets
    }

    pub(crate) fn deals(&self, customer: &str) -> Vec<&Deal> {
        self.records
            .deals
            .iter()
            .filter(|deal| deal.customer == customer)
            .collect()
    }

    /// Makes a ticket and gives it an id.
    pub(crate) fn make_ticket(&mut self, new: NewTicket) -> Ticket {
        self.made += 1;
        let ticket = Ticket {
            id: format!("t-new-{}", self.made),
            company: new.company,
            customers: new.customers,
            slug: slug(&new.name),
            name: new.name,
            status: "Open".to_owned(),
            pipeline_id: new.pipeline_id,
            stage_id: new.stage_id,
            created_at: new.created_at,
            data_source: new.data_source,
        };
        self.records.tickets.push(ticket.clone());
        ticket
    }

    /// Makes a deal and gives it an id.
    pub(crate) fn make_deal(&mut self, customer: &str, name: &str) -> Deal {
        self.made += 1;
        let deal = Deal {
            id: format!("d-new-{}", self.made),
            customer: customer.to_owned(),
            name: name.to_owned(),
            stage: "Proposal".to_owned(),
        };
        self.records.deals.push(deal.clone());
        deal
    }
}

/// A name as it stands in addresses: lower-case letters and digits, joined by hyphens.
fn slug(name: &str) -> String {
    name.to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_has_only_letters_digits_and_single_hyphens() {
        assert_eq!(slug("  Late   delivery! (again) "), "late-delivery-again");
        assert_eq!(slug("Éclair №5"), "éclair-5");
    }

    #[test]
    fn tickets_come_newest_first() {
        let books = Books::open(fixtures::records().unwrap());
        let ids: Vec<_> = books
            .tickets("company-sso-77", Some("789"))
            .iter()
            .map(|ticket| ticket.id.clone())
            .collect();
        assert_eq!(ids.first().map(String::as_str), Some("t-124"));
        assert_eq!(ids.last().map(String::as_str), Some("t-100"));
    }
}
