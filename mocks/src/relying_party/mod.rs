//! The server half of a confidential client of the single sign-on: `dezky-operator`, at the origin `operator`.
//!
//! The protocol is the crate `openidconnect`'s, so that what is refused here is refused by somebody else's
//! reading of the standards. What the crate leaves to its user stands in files of its own: the browser that
//! began (`callback`), logout tokens (`back_channel`), token exchange (`act`). It asks the provider in-process,
//! by whole HTTP requests, and its tokens never reach a browser.

mod act;
mod ask;
mod back_channel;
mod browser;
mod callback;
mod direction;
mod exchange;
mod identity;
mod logout_token;
mod pages;
mod provider;
mod refusal;
mod renew;
mod same_origin;
mod session;
mod sign_in;
mod sign_out;
mod support;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use http::Method;
use journal::ExchangeId;
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Call, Contract, Cors, Endpoint, Mock, Pages, router};
use crate::ensemble::{Backstage, Player};
use crate::scene::Scene;
use crate::sso::Sso;

use direction::{RelyingPartyDirection, Stage};
use session::Memory;

/// The client it is registered as: `fixtures/sso/providers.yaml`.
const CLIENT: &str = "dezky-operator";

/// The mock of a confidential client's server half.
pub(crate) struct RelyingParty {
    scene: Arc<Scene>,
    sso: Arc<Sso>,
    pages: Pages,
    memory: Mutex<Memory>,
    stage: Mutex<Stage>,
}

impl RelyingParty {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[
        Endpoint {
            method: Method::GET,
            path: "/",
            answer: pages::home,
        },
        Endpoint {
            method: Method::GET,
            path: "/auth/oidc/login",
            answer: sign_in::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/auth/oidc/callback",
            answer: callback::answer,
        },
        Endpoint {
            method: Method::POST,
            path: "/auth/oidc/logout",
            answer: sign_out::begin,
        },
        Endpoint {
            method: Method::GET,
            path: "/auth/oidc/logout",
            answer: sign_out::finish,
        },
        Endpoint {
            method: Method::POST,
            path: "/auth/oidc/back-channel-logout",
            answer: back_channel::answer,
        },
        Endpoint {
            method: Method::POST,
            path: "/renew",
            answer: renew::answer,
        },
        Endpoint {
            method: Method::POST,
            path: "/introspect",
            answer: ask::answer,
        },
        Endpoint {
            method: Method::POST,
            path: support::PATH,
            answer: support::answer,
        },
        Endpoint {
            method: Method::POST,
            path: "/act",
            answer: act::answer,
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
    ];

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_s(&self) -> i64 {
        self.scene.clock().now_s()
    }

    /// An address of its own.
    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.scene.origin("operator"))
    }

    fn tell(&self, exchange: Option<ExchangeId>, name: &str, data: Value) {
        self.scene.tell(Self::NAME, exchange, name, data);
    }

    /// How facts name the person of a `sub`, which is personal itself.
    fn persona(&self, subject: &str) -> String {
        let person = self.sso.person_of(subject);
        person.map_or_else(|| "nobody known".to_owned(), |person| person.key.clone())
    }
}

impl Mock for RelyingParty {
    const NAME: &'static str = "relying-party";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, call: &Call) -> Option<Cors> {
        support::cors(self, call)
    }
}

impl Player for RelyingParty {
    type Direction = RelyingPartyDirection;
    const NEEDS: &'static [&'static str] = &["operator", "auth"];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            scene: Arc::clone(&backstage.scene),
            sso: Arc::clone(&backstage.sso),
            pages: Pages::of(Self::NAME),
            memory: Mutex::default(),
            stage: Mutex::default(),
        }))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        Ok(router(this, &Contract::of(Self::NAME)?, Self::ENDPOINTS))
    }

    fn follow(&self, direction: RelyingPartyDirection) {
        self.direct(direction);
    }

    fn summary(&self) -> Value {
        let now = self.now_s();
        let memory = self.memory();
        json!({
            "signed_in": memory.signed_in(now),
            "asked_for_support": memory.support_requests.len(),
            "stage": *self.stage(),
        })
    }
}
