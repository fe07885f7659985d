//! Who may call the provider from a page (Fetch, "CORS protocol"): pages of an issuer's public clients, at
//! what such clients call. Nobody may at the authorization endpoint (RFC 9700, §2.6).

use super::Sso;
use super::endpoints::path_at_issuer;
use crate::desk::{Call, Cors};

/// What a public client's page calls by script.
const OPEN: &[&str] = &[
    "/.well-known/openid-configuration",
    "/jwks.json",
    "/token",
    "/userinfo",
    "/revoke",
];

pub(super) fn of(sso: &Sso, call: &Call) -> Option<Cors> {
    if !OPEN.contains(&path_at_issuer(&call.path)) {
        return None;
    }
    let issuer = sso.issuer_at(call)?;
    let clients = sso.clients.iter().filter(|client| client.issuer == issuer.index);
    let origins = clients.flat_map(|client| client.page_origins.clone()).collect();
    Some(Cors::with_bearer(origins, &["GET", "POST"]))
}
