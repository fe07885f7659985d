//! customer-360: who is signed in, which features are on, and the customers.

mod customers;
mod direction;
mod flags;
mod me;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fixtures::Persona;
use http::Method;
use serde_json::{Value, json};

use crate::desk::{Call, Cors, Endpoint, Mock, Reply};
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

    pub(crate) fn new(scene: &Arc<Scene>, sso: &Arc<Sso>) -> Self {
        Self {
            scene: Arc::clone(scene),
            sso: Arc::clone(sso),
            stage: Mutex::default(),
        }
    }

    fn caller(&self, call: &Call) -> Result<&Persona, Reply> {
        gate::caller(&self.sso, Self::NAME, Self::NAME, call)
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is going on, for people.
    pub(crate) fn summary(&self) -> Value {
        json!({"customers": self.scene.books().customers().len(), "stage": *self.stage()})
    }
}

impl Mock for Customer360 {
    const NAME: &'static str = "customer-360";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, _call: &Call) -> Option<Cors> {
        Some(Cors {
            origins: vec![self.scene.origin("customer-detail").to_owned()],
            methods: vec!["GET"],
            headers: vec!["authorization", "content-type"],
            credentials: false,
        })
    }
}
