//! hub-core: what hub-chat is told of features, of the agent, of where the agent works, and the conversations.

mod company;
mod config;
mod conversations;
mod direction;
mod me;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use fixtures::Persona;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Call, Contract, Cors, Endpoint, Mock, Reply, router};
use crate::ensemble::{Backstage, Player};
use crate::gate;
use crate::scene::Scene;
use crate::sso::Sso;

use direction::{HubCoreDirection, Stage};

/// The mock of hub-core.
pub(crate) struct HubCore {
    scene: Arc<Scene>,
    sso: Arc<Sso>,
    stage: Mutex<Stage>,
}

impl HubCore {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[
        Endpoint {
            method: Method::GET,
            path: "/client_configs/config",
            answer: config::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/me",
            answer: me::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/organization",
            answer: company::organization,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/company",
            answer: company::detail,
        },
        Endpoint {
            method: Method::GET,
            path: "/v1/conversations",
            answer: conversations::list,
        },
    ];

    fn caller(&self, call: &Call) -> Result<&Persona, Reply> {
        gate::caller(&self.sso, Self::NAME, Self::NAME, call)
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_found(code: &str, message: &str) -> Reply {
    Reply::error(StatusCode::NOT_FOUND, code, message)
}

impl Mock for HubCore {
    const NAME: &'static str = "hub-core";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, _call: &Call) -> Option<Cors> {
        Some(Cors::with_bearer(
            vec![self.scene.origin("hub-chat").to_owned()],
            &["GET"],
        ))
    }
}

impl Player for HubCore {
    type Direction = HubCoreDirection;
    const NEEDS: &'static [&'static str] = &["hub-chat", "sso"];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            scene: Arc::clone(&backstage.scene),
            sso: Arc::clone(&backstage.sso),
            stage: Mutex::default(),
        }))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        Ok(router(this, &Contract::of(Self::NAME)?, Self::ENDPOINTS))
    }

    fn follow(&self, direction: HubCoreDirection) {
        self.direct(direction);
    }

    fn summary(&self) -> Value {
        json!({"stage": *self.stage()})
    }
}
