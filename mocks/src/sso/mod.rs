//! Single sign-on: OpenID providers (OpenID Connect Core 1.0, OAuth 2.0 with PKCE) with an issuer for each
//! application, as `fixtures/sso/providers.yaml` has them.
//!
//! Each endpoint is a folder whose `mod.rs` lists its checks in order; a check is a file that names the
//! section of the standard it keeps. Other mocks ask [`Sso::verify`] whether a token counts, or take the
//! part of a confidential client in-process; no socket is involved. What the provider itself would send,
//! logout tokens, lies in the [`BackChannel`] until somebody brings it to the relying parties.

mod alone;
mod authorize;
mod back_channel;
mod by_get;
mod claims;
mod client;
mod client_authentication;
mod cors;
mod description;
mod direction;
mod discovery;
mod endpoints;
mod fault;
mod forget;
mod introspect;
mod issuer;
mod keys;
mod login;
mod logout;
mod mekari;
mod mint;
mod page;
mod revoke;
mod scope;
mod server_call;
mod sign;
mod sign_out;
mod state;
mod token;
mod totp;
mod userinfo;
mod verify;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fixtures::{Persona, ProviderSpec};
use journal::ExchangeId;
use serde_json::Value;

use crate::Error;
use crate::desk::{Call, Cors, Mock, Pages, Reply};
use crate::scene::Scene;

pub use alone::{Authenticator, IssuerCard, PersonCard, Providers, RegisteredClient};
pub use back_channel::{BackChannel, LogoutCall};
pub(crate) use client::Client;
pub(crate) use direction::SsoDirection;
pub(crate) use issuer::{Issuer, Provider};
#[cfg(test)]
pub(crate) use mekari::ENDPOINTS as ACCOUNT_ENDPOINTS;
pub(crate) use mekari::{STAGE_PATH as SESSION_STAGE_PATH, router};
pub(crate) use token::challenge_of;
pub(crate) use verify::{Claims, claims_of};

use direction::Stage;
use keys::Rotation;
use state::State;

/// The providers of one world.
pub(crate) struct Sso {
    scene: Arc<Scene>,
    personas: Vec<Persona>,
    providers: Vec<Provider>,
    issuers: Vec<Issuer>,
    clients: Vec<Client>,
    /// Secrets of the authenticator apps, by persona.
    one_time_secrets: BTreeMap<String, String>,
    back_channel: BackChannel,
    pages: Pages,
    state: Mutex<State>,
    stage: Mutex<Stage>,
    rotation: Mutex<Rotation>,
    account: mekari::Account,
}

impl Sso {
    pub(crate) fn new(scene: &Arc<Scene>, personas: Vec<Persona>) -> Result<Self, Error> {
        Self::of(scene, personas, fixtures::providers()?)
    }

    /// These providers.
    fn of(scene: &Arc<Scene>, personas: Vec<Persona>, specs: Vec<ProviderSpec>) -> Result<Self, Error> {
        let (providers, issuers, clients) = issuer::registered(scene, specs);
        for issuer in &issuers {
            keys::published(&issuer.name, Rotation::default())?;
        }
        let with_app = personas.iter().filter(|persona| persona.second_factor);
        let one_time_secrets = with_app
            .map(|persona| (persona.key.clone(), scene.secret("totp_secret")))
            .collect();
        Ok(Self {
            scene: Arc::clone(scene),
            personas,
            providers,
            issuers,
            clients,
            one_time_secrets,
            back_channel: BackChannel::new(scene),
            pages: Pages::of("sso"),
            state: Mutex::default(),
            stage: Mutex::default(),
            rotation: Mutex::default(),
            account: mekari::Account::default(),
        })
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// A client, if it is registered with an issuer.
    fn client_at(&self, issuer: &Issuer, id: &str) -> Option<&Client> {
        self.client(id).filter(|client| client.issuer == issuer.index)
    }

    pub(crate) fn personas(&self) -> &[Persona] {
        &self.personas
    }

    /// The provider whose origin a call came to, by place; the first one for a call to none of them.
    fn provider_index(&self, call: &Call) -> usize {
        self.providers
            .iter()
            .position(|provider| issuer::host_of(&provider.origin).eq_ignore_ascii_case(&call.host))
            .unwrap_or_default()
    }

    /// The provider whose pages answer a call.
    pub(crate) fn provider_at(&self, call: &Call) -> Option<&Provider> {
        self.providers.get(self.provider_index(call))
    }

    /// The issuer that a call came to.
    fn issuer_at(&self, call: &Call) -> Option<&Issuer> {
        let provider = self.provider_index(call);
        let application = call.params.get("application");
        self.issuers
            .iter()
            .find(|issuer| issuer.provider == provider && issuer.application.as_ref() == application)
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

    fn rotations(&self) -> MutexGuard<'_, Rotation> {
        self.rotation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which keys are in use now.
    fn rotation(&self) -> Rotation {
        *self.rotations()
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
        let index = self.provider_index(call);
        let cookie = call.cookie(&self.providers.get(index)?.session_cookie)?;
        let state = self.state();
        let session = state.sessions.get(cookie)?;
        self.counts(session, index).then(|| session.clone())
    }

    /// Whether a session counts at a provider now.
    fn counts(&self, session: &state::Session, provider: usize) -> bool {
        session.provider == provider && session.expires_s > self.now_s()
    }

    /// What a persona's authenticator app shows now; nothing for a persona without one.
    pub(crate) fn one_time_code(&self, persona: &str) -> Option<String> {
        Some(self.authenticator(persona)?.code)
    }

    /// A persona's authenticator app; nothing for a persona without one.
    pub(crate) fn authenticator(&self, persona: &str) -> Option<Authenticator> {
        let secret = self.one_time_secrets.get(persona)?.as_bytes();
        let owner = self.personas().iter().find(|other| other.key == persona)?;
        Some(Authenticator {
            secret: totp::base32(secret),
            uri: totp::uri(&owner.email, secret),
            code: totp::code(secret, totp::step_of(self.now_s())),
        })
    }

    /// Has somebody take errands.
    pub(crate) fn employ(&self, courier: Arc<dyn crate::Courier>) {
        self.scene.employ(courier);
    }

    /// Where logout tokens wait to be brought to relying parties.
    pub(crate) fn back_channel(&self) -> BackChannel {
        self.back_channel.clone()
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
            "issuers": self.issuers.iter().map(|issuer| issuer.address.as_str()).collect::<Vec<_>>(),
            "clients": self.clients.iter().map(|client| client.id.as_str()).collect::<Vec<_>>(),
            "tokens_issued": state.issued_ever,
            "stage": *self.stage(),
            "account": self.account.summary(),
        })
    }
}

impl Mock for Sso {
    const NAME: &'static str = "sso";
    /// 64 KiB: whatever comes is a form.
    const LARGEST_BODY: usize = 64 * 1024;

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, call: &Call) -> Option<Cors> {
        cors::of(self, call)
    }
}

/// Makes the keys of the issuer that every world with a front end has, ahead of time.
///
/// # Errors
/// A key could not be made.
pub(crate) fn prepare() -> Result<(), Error> {
    keys::published("sso", Rotation::default()).map(drop)
}

/// An error of an endpoint that clients call (RFC 6749, §5.2).
fn protocol_error(status: http::StatusCode, error: &str, description: &str) -> Reply {
    Reply::json(
        status,
        &serde_json::json!({"error": error, "error_description": description::allowed(description)}),
    )
    .with("pragma", "no-cache")
}
