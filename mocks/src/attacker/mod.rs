//! The attacker: `https://evil.example` and every look-alike of a true origin.
//!
//! Its pages listen for messages, pretend to be the embed, frame or open other pages, and tell the
//! attacker's own `/collect` what they caught.

mod collect;
mod pages;
mod redirect;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use http::Method;
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Contract, Endpoint, Mock, Pages, router};
use crate::direction::Undirected;
use crate::ensemble::{Backstage, Player};
use crate::scene::Scene;

/// The mock of the attacker.
pub(crate) struct Attacker {
    scene: Arc<Scene>,
    pages: Pages,
    caught: Mutex<u64>,
}

impl Attacker {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[
        Endpoint {
            method: Method::GET,
            path: "/",
            answer: pages::listen,
        },
        Endpoint {
            method: Method::GET,
            path: "/opaque",
            answer: pages::opaque,
        },
        Endpoint {
            method: Method::GET,
            path: "/embed/ticket/create",
            answer: pages::pretend,
        },
        Endpoint {
            method: Method::GET,
            path: "/frame",
            answer: pages::frame,
        },
        Endpoint {
            method: Method::GET,
            path: "/open",
            answer: pages::open,
        },
        Endpoint {
            method: Method::GET,
            path: "/redirect",
            answer: redirect::answer,
        },
        Endpoint {
            method: Method::POST,
            path: "/collect",
            answer: collect::answer,
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
}

impl Mock for Attacker {
    const NAME: &'static str = "attacker";

    fn scene(&self) -> &Scene {
        &self.scene
    }
}

impl Player for Attacker {
    type Direction = Undirected;
    const NEEDS: &'static [&'static str] = &[];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            scene: Arc::clone(&backstage.scene),
            pages: Pages::of(Self::NAME),
            caught: Mutex::default(),
        }))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        // What comes to an attacker keeps to no contract.
        Ok(router(this, &Arc::new(Contract::default()), Self::ENDPOINTS))
    }

    /// It only ever does one thing.
    fn follow(&self, _direction: Undirected) {}

    fn summary(&self) -> Value {
        json!({"caught": *self.caught.lock().unwrap_or_else(PoisonError::into_inner)})
    }
}
