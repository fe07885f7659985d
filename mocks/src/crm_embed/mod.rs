//! The CRM's web side: signing in, the create-ticket embed, the legacy deal embed, and their API.
//!
//! Pages and page code are files below `fixtures/pages/crm-embed`, as a real CRM would serve them.

mod create;
mod deal;
mod direction;
mod form;
mod pages;
mod session;
mod sign_in;
mod stage;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use http::Method;
use journal::ExchangeId;
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Contract, Endpoint, Mock, Pages, router};
use crate::ensemble::{Backstage, Player};
use crate::released::Released;
use crate::scene::Scene;
use crate::sso::Sso;

pub(crate) use direction::CrmEmbedDirection;
use session::Sessions;
use stage::{Hold, Stage};

/// The mock of the CRM's web side.
pub(crate) struct CrmEmbed {
    scene: Arc<Scene>,
    sso: Arc<Sso>,
    pages: Pages,
    sessions: Mutex<Sessions>,
    stage: Mutex<Stage>,
    released: Released<Hold>,
}

impl CrmEmbed {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[
        Endpoint {
            method: Method::GET,
            path: "/",
            answer: pages::home,
        },
        Endpoint {
            method: Method::GET,
            path: "/login",
            answer: sign_in::begin,
        },
        Endpoint {
            method: Method::GET,
            path: "/sso-callback",
            answer: sign_in::callback,
        },
        Endpoint {
            method: Method::GET,
            path: "/embed/ticket/create",
            answer: pages::ticket,
        },
        Endpoint {
            method: Method::GET,
            path: "/embed/deals/create/",
            answer: pages::deal,
        },
        Endpoint {
            method: Method::GET,
            path: "/embed/deals/create",
            answer: pages::deal,
        },
        Endpoint {
            method: Method::GET,
            path: "/assets/{*file}",
            answer: pages::asset,
        },
        Endpoint {
            method: Method::GET,
            path: "/favicon.ico",
            answer: pages::icon,
        },
        Endpoint {
            method: Method::GET,
            path: "/api/mobile/v2.8/ticket_form",
            answer: form::answer,
        },
        Endpoint {
            method: Method::POST,
            path: "/api/mobile/v2.8/tickets",
            answer: create::answer,
        },
        Endpoint {
            method: Method::POST,
            path: "/api/mobile/v2.8/deals",
            answer: deal::answer,
        },
    ];

    fn new(backstage: &Backstage) -> Self {
        Self {
            scene: Arc::clone(&backstage.scene),
            sso: Arc::clone(&backstage.sso),
            pages: Pages::of("crm-embed"),
            sessions: Mutex::default(),
            stage: Mutex::default(),
            released: Released::default(),
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, exchange: Option<ExchangeId>, name: &str, data: Value) {
        self.scene.tell(Self::NAME, exchange, name, data);
    }
}

impl Mock for CrmEmbed {
    const NAME: &'static str = "crm-embed";

    fn scene(&self) -> &Scene {
        &self.scene
    }
}

impl Player for CrmEmbed {
    type Direction = CrmEmbedDirection;
    const NEEDS: &'static [&'static str] = &["crm", "sso", "customer-detail"];
    const PRIVATE: &'static [&'static str] = &[stage::PATH];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self::new(backstage)))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        // The table, and the one endpoint that may wait for a direction.
        let table = router(this, &Contract::of(Self::NAME)?, Self::ENDPOINTS);
        Ok(table.route(stage::PATH, stage::endpoint(this)))
    }

    fn follow(&self, direction: CrmEmbedDirection) {
        self.direct(direction);
    }

    fn summary(&self) -> Value {
        json!({"signed_in": self.sessions().signed_in(), "stage": *self.stage(), "released": self.released.names()})
    }
}
