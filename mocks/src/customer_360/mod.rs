//! customer-360: who is signed in, which features are on, and the customers.

mod customers;
mod direction;
mod flags;
mod me;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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

pub(crate) use direction::Customer360Direction;
use direction::Stage;

/// The mock of customer-360.
pub(crate) struct Customer360 {
    scene: Arc<Scene>,
    sso: Arc<Sso>,
    stage: Mutex<Stage>,
}

impl Customer360 {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[
        Endpoint {
            method: Method::GET,
            path: "/v1/me",
            answer: me::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/feature_flags",
            answer: flags::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/customers",
            answer: customers::list,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/customers/{id}",
            answer: customers::detail,
        },
    ];

    fn new(backstage: &Backstage) -> Self {
        Self {
            scene: Arc::clone(&backstage.scene),
            sso: Arc::clone(&backstage.sso),
            stage: Mutex::default(),
        }
    }

    fn caller(&self, call: &Call) -> Result<&Persona, Reply> {
        gate::caller(&self.sso, Self::NAME, Self::NAME, call)
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mock for Customer360 {
    const NAME: &'static str = "customer-360";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, _call: &Call) -> Option<Cors> {
        Some(Cors::with_bearer(
            vec![self.scene.origin("customer-detail").to_owned()],
            &["GET"],
        ))
    }
}

impl Player for Customer360 {
    type Direction = Customer360Direction;
    const NEEDS: &'static [&'static str] = &["sso", "customer-detail"];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self::new(backstage)))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        Ok(router(this, &Contract::of(Self::NAME)?, Self::ENDPOINTS))
    }

    fn follow(&self, direction: Customer360Direction) {
        self.direct(direction);
    }

    fn summary(&self) -> Value {
        json!({"customers": self.scene.books().customers().len(), "stage": *self.stage()})
    }
}
