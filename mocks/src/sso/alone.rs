//! The single sign-on by itself, with no world around it: for an application in development.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use fixtures::{Demand, ProviderSpec};

use super::{BackChannel, Sso};
use crate::scene::Scene;
use crate::{Error, Setting};

/// Providers without the other mocks. Whoever serves them gives each the origin that its addresses begin with.
pub struct Providers {
    sso: Arc<Sso>,
    router: Router,
}

impl std::fmt::Debug for Providers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // They hold secrets, which stay out of logs.
        write!(formatter, "Providers({} issuers)", self.sso.issuers.len())
    }
}

/// An issuer, as an application is configured for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerCard {
    /// The provider, by the name of its origin.
    pub provider: String,
    /// How its pages call themselves.
    pub brand: String,
    /// The issuer identifier.
    pub address: String,
    /// Where its discovery document is.
    pub discovery: String,
    /// The clients registered with it.
    pub clients: Vec<RegisteredClient>,
}

/// A client, as an application is configured with it.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisteredClient {
    /// `client_id`.
    pub id: String,
    /// The secret of a confidential client.
    pub secret: Option<String>,
    /// Exact redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Whether only users with an authenticator app come in.
    pub needs_second_factor: bool,
    /// Groups of which a user must be in one; everybody may come where there are none.
    pub groups: Vec<String>,
}

impl std::fmt::Debug for RegisteredClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret stays out of logs.
        write!(formatter, "RegisteredClient({})", self.id)
    }
}

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonCard {
    /// Name of the persona.
    pub key: String,
    /// The person's name.
    pub name: String,
    /// The sign-in name.
    pub email: String,
    /// The password.
    pub password: String,
    /// Groups the person is in.
    pub groups: Vec<String>,
    /// The authenticator app, of those who have one.
    pub authenticator: Option<Authenticator>,
}

/// An authenticator app (RFC 6238).
#[derive(Clone, PartialEq, Eq)]
pub struct Authenticator {
    /// Its secret in base32 (RFC 4648, §6), as people type it in.
    pub secret: String,
    /// The same as the URI that such apps take, by picture or by link.
    pub uri: String,
    /// What it shows now.
    pub code: String,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret stays out of logs.
        formatter.write_str("Authenticator")
    }
}

impl Providers {
    /// Sets up providers whose origins the setting has. `secrets` are those of confidential clients that
    /// shall not be made anew, by client.
    ///
    /// # Errors
    /// Fixture data or the contract is malformed, or a key could not be made.
    pub fn new(
        setting: Setting,
        specs: Vec<ProviderSpec>,
        mut secrets: BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        let scene = Arc::new(Scene::new(setting)?);
        let mut sso = Sso::of(&scene, crate::ensemble::everybody()?, specs)?;
        for client in sso.clients.iter_mut().filter(|client| client.secret.is_some()) {
            if let Some(secret) = secrets.remove(&client.id) {
                client.secret = Some(secret);
            }
        }
        let sso = Arc::new(sso);
        let router = super::router(&sso)?;
        Ok(Self { sso, router })
    }

    /// Answers for all of them, told apart by the host that a request names.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Where logout tokens wait to be brought to relying parties.
    #[must_use]
    pub fn back_channel(&self) -> BackChannel {
        self.sso.back_channel()
    }

    /// What applications need to know.
    #[must_use]
    pub fn issuers(&self) -> Vec<IssuerCard> {
        let sso = &self.sso;
        let card = |issuer: &super::Issuer| {
            let provider = sso.providers.get(issuer.provider)?;
            let clients = sso.clients.iter().filter(|client| client.issuer == issuer.index);
            Some(IssuerCard {
                provider: provider.name.clone(),
                brand: provider.brand.clone(),
                address: issuer.address.clone(),
                discovery: issuer.endpoint("/.well-known/openid-configuration"),
                clients: clients
                    .map(|client| RegisteredClient {
                        id: client.id.clone(),
                        secret: client.secret.clone(),
                        redirect_uris: client.redirect_uris.clone(),
                        needs_second_factor: client.demands(Demand::Mfa),
                        groups: client.groups().to_vec(),
                    })
                    .collect(),
            })
        };
        sso.issuers.iter().filter_map(card).collect()
    }

    /// Who can sign in.
    #[must_use]
    pub fn people(&self) -> Vec<PersonCard> {
        let sso = &self.sso;
        let person = |persona: &fixtures::Persona| PersonCard {
            key: persona.key.clone(),
            name: persona.name.clone(),
            email: persona.email.clone(),
            password: persona.password.clone(),
            groups: persona.groups.clone(),
            authenticator: sso.authenticator(&persona.key),
        };
        sso.personas().iter().map(person).collect()
    }
}
