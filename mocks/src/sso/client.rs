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

/// The clients of a world: those whose origin is there.
pub(crate) fn registered(scene: &Scene) -> Vec<Client> {
    let mut clients = Vec::new();
    if scene.has("customer-detail") {
        clients.push(page_client(
            scene,
            "customer-detail",
            vec!["customer-360", "crm-api"],
        ));
    }
    if scene.has("crm") {
        let crm = scene.origin("crm");
        clients.push(Client {
            id: "crm-web".to_owned(),
            secret: Some(scene.secret("client_secret")),
            redirect_uris: vec![format!("{crm}/sso-callback")],
            return_to: vec![format!("{crm}/")],
            page_origins: Vec::new(),
            audience: vec!["crm-api"],
        });
    }
    if scene.has("hub-chat") {
        let mut hub_chat = page_client(scene, "hub-chat", vec!["hub-core", "mekari-api"]);
        // After switching accounts the browser comes back here, to sign in anew.
        hub_chat.return_to.extend(hub_chat.redirect_uris.clone());
        clients.push(hub_chat);
    }
    clients
}

/// A public client: pages of an origin, called as the origin is.
fn page_client(scene: &Scene, id: &str, audience: Vec<&'static str>) -> Client {
    let origin = scene.origin(id);
    Client {
        id: id.to_owned(),
        secret: None,
        redirect_uris: vec![format!("{origin}/sso-callback")],
        return_to: vec![format!("{origin}/")],
        page_origins: vec![origin.to_owned()],
        audience,
    }
}
