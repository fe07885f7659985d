//! Registered clients (RFC 6749, §2).

use crate::scene::Scene;

/// A relying party.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// The secret of a confidential client; a public one has none (RFC 6749, §2.1).
    pub(crate) secret: Option<String>,
    /// Exact redirect URIs (RFC 9700, §4.1.3).
    pub(crate) redirect_uris: Vec<String>,
    /// Where signing out may lead back to.
    pub(crate) return_to: Vec<String>,
    /// Origins whose pages may call the token endpoint: none for a confidential client.
    pub(crate) page_origins: Vec<String>,
    /// The services its access tokens are for (RFC 9068, §2.2, `aud`).
    pub(crate) audience: Vec<&'static str>,
}

/// The clients of a world.
pub(crate) fn registered(scene: &Scene) -> Vec<Client> {
    let customers = scene.origin("customer-detail");
    let crm = scene.origin("crm");
    vec![
        Client {
            id: "customer-detail".to_owned(),
            secret: None,
            redirect_uris: vec![format!("{customers}/sso-callback")],
            return_to: vec![format!("{customers}/")],
            page_origins: vec![customers.to_owned()],
            audience: vec!["customer-360", "crm-api"],
        },
        Client {
            id: "crm-web".to_owned(),
            secret: Some(scene.secret("client_secret")),
            redirect_uris: vec![format!("{crm}/sso-callback")],
            return_to: vec![format!("{crm}/")],
            page_origins: Vec::new(),
            audience: vec!["crm-api"],
        },
    ]
}
