//! The CRM's API: tickets, deals, and which ticket belongs to which customer.

mod association;
mod deals;
mod direction;
mod tickets;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use fixtures::Persona;
use http::Method;
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Call, Contract, Cors, Endpoint, Mock, Reply, router};
use crate::ensemble::{Backstage, Player};
use crate::gate;
use crate::scene::Scene;
use crate::sso::Sso;

pub(crate) use direction::CrmApiDirection;

/// The mock of the CRM's API.
pub(crate) struct CrmApi {
    scene: Arc<Scene>,
    sso: Arc<Sso>,
    directions: Mutex<Vec<Value>>,
}

impl CrmApi {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[
        Endpoint {
            method: Method::GET,
            path: "/v1/tickets",
            answer: tickets::list,
        },
        Endpoint {
            method: Method::POST,
            path: "/v1/leads/{contactId}/tickets/{ticketId}",
            answer: association::associate,
        },
        Endpoint {
            method: Method::DELETE,
            path: "/v1/leads/{contactId}/tickets/{ticketId}",
            answer: association::disassociate,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/deals",
            answer: deals::list,
        },
    ];

    fn new(backstage: &Backstage) -> Self {
        Self {
            scene: Arc::clone(&backstage.scene),
            sso: Arc::clone(&backstage.sso),
            directions: Mutex::default(),
        }
    }

    fn caller(&self, call: &Call) -> Result<&Persona, Reply> {
        gate::caller(&self.sso, Self::NAME, Self::NAME, call)
    }

    fn note(&self, direction: Value) {
        self.directions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(direction);
    }
}

impl Mock for CrmApi {
    const NAME: &'static str = "crm-api";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, _call: &Call) -> Option<Cors> {
        Some(Cors::with_bearer(
            vec![self.scene.origin("customer-detail").to_owned()],
            &["GET", "POST", "DELETE"],
        ))
    }
}

impl Player for CrmApi {
    type Direction = CrmApiDirection;
    const NEEDS: &'static [&'static str] = &["sso", "customer-detail"];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self::new(backstage)))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        Ok(router(this, &Contract::of(Self::NAME)?, Self::ENDPOINTS))
    }

    fn follow(&self, direction: CrmApiDirection) {
        self.direct(&direction);
    }

    fn summary(&self) -> Value {
        let books = self.scene.books();
        json!({
            "tickets": books.all_tickets().iter().map(|ticket| json!({
                "id": ticket.id, "name": ticket.name, "customers": ticket.customers, "data_source": ticket.data_source,
            })).collect::<Vec<_>>(),
            "directions": *self.directions.lock().unwrap_or_else(PoisonError::into_inner),
        })
    }
}
