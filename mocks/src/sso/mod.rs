//! Single sign-on: an OpenID provider (OpenID Connect Core 1.0, OAuth 2.0 with PKCE).
//!
//! Each endpoint is a folder whose `mod.rs` lists its checks in order; a check is a file that names the
//! section of the standard it keeps. Other mocks ask [`Sso::verify`] whether a token counts, or take the
//! part of a confidential client in-process; no socket is involved.

mod authorize;
mod client;
mod direction;
mod discovery;
mod keys;
mod login;
mod mekari;
mod page;
mod sign_out;
mod state;
mod token;
mod userinfo;
mod verify;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fixtures::Persona;
use http::Method;
use journal::ExchangeId;
use serde_json::Value;

use crate::Error;
use crate::desk::{Call, Cors, Endpoint, Mock, Pages, Reply};
use crate::scene::Scene;

pub(crate) use client::Client;
pub(crate) use direction::SsoDirection;
pub(crate) use keys::keys;
#[cfg(test)]
pub(crate) use mekari::ENDPOINTS as ACCOUNT_ENDPOINTS;
pub(crate) use mekari::{STAGE_PATH as SESSION_STAGE_PATH, router};
pub(crate) use token::challenge_of;
pub(crate) use verify::{Claims, claims_of};

use direction::Stage;
use keys::Keys;
use state::State;

/// The provider of one world.
pub(crate) struct Sso {
    scene: Arc<Scene>,
    keys: &'static Keys,
    personas: Vec<Persona>,
    clients: Vec<Client>,
    pages: Pages,
    state: Mutex<State>,
    stage: Mutex<Stage>,
    account: mekari::Account,
}

impl Sso {
    pub(crate) fn new(scene: &Arc<Scene>, personas: Vec<Persona>) -> Result<Self, Error> {
        Ok(Self {
            keys: keys()?,
            clients: client::registered(scene),
            scene: Arc::clone(scene),
            personas,
            pages: Pages::of("sso"),
            state: Mutex::default(),
            stage: Mutex::default(),
            account: mekari::Account::default(),
        })
    }

    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[
        Endpoint {
            method: Method::GET,
            path: "/.well-known/openid-configuration",
            answer: discovery::configuration,
        },
        Endpoint {
            method: Method::GET,
            path: "/jwks.json",
            answer: discovery::key_set,
        },
        Endpoint {
            method: Method::GET,
            path: "/authorize",
            answer: authorize::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/login",
            answer: login::show,
        },
        Endpoint {
            method: Method::POST,
            path: "/login",
            answer: login::submit,
        },
        Endpoint {
            method: Method::POST,
            path: "/token",
            answer: token::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/userinfo",
            answer: userinfo::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/sign_out",
            answer: sign_out::answer,
        },
        Endpoint {
            method: Method::GET,
            path: "/assets/{*file}",
            answer: page::asset,
        },
        Endpoint {
            method: Method::GET,
            path: "/favicon.ico",
            answer: page::icon,
        },
    ];

    /// The issuer: this provider's origin, without a slash at the end (OpenID Connect Discovery, §3).
    pub(crate) fn issuer(&self) -> &str {
        self.scene.origin("sso")
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(crate) fn personas(&self) -> &[Persona] {
        &self.personas
    }

    fn now_s(&self) -> i64 {
        self.scene.clock().now_s()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, exchange: Option<ExchangeId>, name: &str, data: Value) {
        self.scene.tell(Self::NAME, exchange, name, data);
    }

    /// Tells the journal what happened at a service that asked about a caller.
    pub(crate) fn tell_of(&self, mock: &str, call: &Call, name: &str, data: Value) {
        self.scene.tell(mock, call.exchange, name, data);
    }

    /// The session of the browser that sent a call, if it has one that still counts.
    fn session(&self, call: &Call) -> Option<state::Session> {
        let state = self.state();
        let session = state.sessions.get(call.cookie(page::SESSION_COOKIE)?)?;
        (session.expires_s > self.now_s()).then(|| session.clone())
    }

    /// What is going on, for people.
    pub(crate) fn summary(&self) -> Value {
        let state = self.state();
        let signed_in: Vec<&str> = state
            .sessions
            .values()
            .filter(|session| session.expires_s > self.now_s())
            .map(|session| session.persona.key.as_str())
            .collect();
        serde_json::json!({
            "signed_in": signed_in,
            "clients": self.clients.iter().map(|client| client.id.as_str()).collect::<Vec<_>>(),
            "tokens_issued": state.issued.len(),
            "stage": *self.stage(),
            "account": self.account.summary(),
        })
    }
}

impl Mock for Sso {
    const NAME: &'static str = "sso";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Pages of public clients may call what such clients call (RFC 8414 metadata, keys, token, userinfo).
    fn cors(&self, call: &Call) -> Option<Cors> {
        let open = matches!(
            call.path.as_str(),
            "/.well-known/openid-configuration" | "/jwks.json" | "/token" | "/userinfo"
        );
        open.then(|| Cors {
            origins: self
                .clients
                .iter()
                .flat_map(|client| client.page_origins.clone())
                .collect(),
            methods: vec!["GET", "POST"],
            headers: vec!["authorization", "content-type"],
            credentials: false,
        })
    }
}

/// An error of the token or userinfo endpoint (RFC 6749, §5.2).
fn protocol_error(status: http::StatusCode, error: &str, description: &str) -> Reply {
    Reply::json(
        status,
        &serde_json::json!({"error": error, "error_description": description}),
    )
    .with("pragma", "no-cache")
}
