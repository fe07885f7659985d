//! Registered clients (RFC 6749, §2), and the policy each is held to.

use fixtures::{ClientSpec, Demand, Persona, Signing};

use super::issuer::address;
use super::scope;
use crate::scene::Scene;

/// A relying party.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// Its name, as pages show it.
    pub(crate) title: String,
    /// The issuer it is registered with, by place.
    pub(crate) issuer: usize,
    /// The secret of a confidential client; a public one has none (RFC 6749, §2.1).
    pub(crate) secret: Option<String>,
    demands: Vec<Demand>,
    groups: Vec<String>,
    scopes: Vec<String>,
    /// Exact redirect URIs (RFC 9700, §4.1.3).
    pub(crate) redirect_uris: Vec<String>,
    /// Where signing out may lead back to.
    pub(crate) return_to: Vec<String>,
    /// Where RP-initiated logout may lead to (RP-Initiated Logout 1.0, §3.1).
    pub(crate) post_logout_redirect_uris: Vec<String>,
    /// Where it takes logout tokens (Back-Channel Logout 1.0, §2.2).
    pub(crate) back_channel_logout_uri: Option<String>,
    /// What is framed when its user signs out (Front-Channel Logout 1.0, §2).
    pub(crate) front_channel_logout_uri: Option<String>,
    /// Origins whose pages may call the issuer: none for a confidential client.
    pub(crate) page_origins: Vec<String>,
    /// The services its access tokens are for (RFC 9068, §2.2, `aud`).
    pub(crate) audience: Vec<String>,
    /// The audiences it may exchange tokens for (RFC 8693, §2.1).
    pub(crate) exchange_audience: Vec<String>,
    /// The audience an actor's token must have in an exchange.
    pub(crate) actor_audience: Option<String>,
    pub(crate) signing: Signing,
    pub(crate) access_token_lifetime: u32,
    pub(crate) refresh_token_lifetime: u32,
}

impl Client {
    /// The client of a world; nothing where the world lacks an origin of its addresses.
    pub(super) fn of(scene: &Scene, issuer: usize, spec: ClientSpec) -> Option<Self> {
        let one = |template: &Option<String>| match template {
            None => Some(None),
            Some(template) => address(scene, template).map(Some),
        };
        let all = |templates: &[String]| -> Option<Vec<String>> {
            templates
                .iter()
                .map(|template| address(scene, template))
                .collect()
        };
        let page_origins = all(&spec.page_origins)?;
        Some(Self {
            redirect_uris: all(&spec.redirect_uris)?,
            return_to: all(&spec.return_to)?,
            post_logout_redirect_uris: all(&spec.post_logout_redirect_uris)?,
            back_channel_logout_uri: one(&spec.back_channel_logout_uri)?,
            front_channel_logout_uri: one(&spec.front_channel_logout_uri)?,
            page_origins: if spec.confidential {
                Vec::new()
            } else {
                page_origins
            },
            secret: spec.confidential.then(|| scene.secret("client_secret")),
            id: spec.id,
            title: spec.title,
            issuer,
            demands: spec.demands,
            groups: spec.groups,
            scopes: spec.scopes,
            audience: spec.audience,
            exchange_audience: spec.exchange_audience,
            actor_audience: spec.actor_audience,
            signing: spec.signing,
            access_token_lifetime: spec.access_token_lifetime,
            refresh_token_lifetime: spec.refresh_token_lifetime,
        })
    }

    /// Whether its policy demands something.
    pub(crate) fn demands(&self, demand: Demand) -> bool {
        self.demands.contains(&demand)
    }

    /// The groups that may use the application.
    pub(crate) fn groups(&self) -> &[String] {
        &self.groups
    }

    /// Whether a person is in a group that may use the application.
    pub(crate) fn admits(&self, persona: &Persona) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|group| persona.groups.contains(group))
    }

    /// The part of a scope that it may have; empty where it may have none of it. What is not understood is left
    /// out (OpenID Connect Core, §3.1.2.1, `scope`).
    pub(crate) fn allowed(&self, scope: &str) -> String {
        let known = |word: &str| self.scopes.iter().any(|known| known == word);
        scope::only(scope, known).unwrap_or_default()
    }
}
