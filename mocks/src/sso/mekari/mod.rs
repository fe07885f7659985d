//! Mekari Account beside OpenID: changing the account, and the frame that tells other products of the shared
//! web session.
//!
//! The frame's page and scripts are files below `fixtures/pages/sso/session`, as a real account service would
//! serve them; what it asks (`/session/status`) knows the browser by its session cookie.

mod auth;
mod direction;
mod frame;
mod stage;
mod status;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use http::Method;
use serde_json::{Value, json};

use super::Sso;
use crate::Error;
use crate::desk::{Contract, Endpoint, Mock as _, router_over};
use crate::released::Released;

pub(crate) use direction::SessionDirection;
pub(crate) use stage::PATH as STAGE_PATH;

use stage::Stage;

pub(crate) const ENDPOINTS: &[Endpoint<Sso>] = &[
    Endpoint {
        method: Method::GET,
        path: "/auth",
        answer: auth::answer,
    },
    Endpoint {
        method: Method::GET,
        path: "/session/frame",
        answer: frame::page,
    },
    Endpoint {
        method: Method::GET,
        path: "/session/assets/{*file}",
        answer: frame::asset,
    },
    Endpoint {
        method: Method::GET,
        path: "/session/status",
        answer: status::answer,
    },
];

/// The router of the single sign-on: OpenID, the account, and the one endpoint that may wait for a direction.
pub(crate) fn router(sso: &Arc<Sso>) -> Result<Router, Error> {
    let contract = Contract::of(Sso::NAME)?;
    let tables = router_over(sso, &contract, &[Sso::ENDPOINTS, ENDPOINTS]);
    Ok(tables.route(STAGE_PATH, stage::endpoint(sso)))
}

/// How the account side behaves.
#[derive(Default)]
pub(super) struct Account {
    stage: Mutex<Stage>,
    released: Released<String>,
}

impl Account {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is going on, for people.
    pub(super) fn summary(&self) -> Value {
        json!({"session": *self.stage(), "released": self.released.names()})
    }
}
