//! Who uses the CRM: by its own session cookie or by bearer token, as the world's switch says.

use std::collections::BTreeMap;

use fixtures::Persona;

use super::CrmEmbed;
use crate::desk::Call;

/// The CRM's session cookie.
pub(super) const SESSION_COOKIE: &str = "_crm_session";

/// Seconds a session lasts: eight hours.
const SESSION_LIFETIME_S: i64 = 8 * 60 * 60;

/// Sessions, and sign-ins under way.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    running: BTreeMap<String, (Persona, i64)>,
    /// By `state`: what the callback needs to go on.
    pub(super) pending: BTreeMap<String, Pending>,
}

/// A sign-in under way.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) verifier: String,
    pub(super) nonce: String,
    /// Ties the sign-in to the browser that began it.
    pub(super) browser: String,
}

impl Sessions {
    pub(super) fn end_all(&mut self) {
        self.running.clear();
    }

    pub(super) fn signed_in(&self) -> Vec<&str> {
        self.running
            .values()
            .map(|(persona, _)| persona.key.as_str())
            .collect()
    }
}

impl CrmEmbed {
    /// Starts a session and gives the cookie that stands for it.
    pub(super) fn start_session(&self, persona: &Persona) -> String {
        let value = self.scene.secret("crm_session");
        let expires = self.scene.clock().now_s() + SESSION_LIFETIME_S;
        self.sessions()
            .running
            .insert(value.clone(), (persona.clone(), expires));
        let partitioned = if self.scene.is("partitioned-cookies", "yes") {
            "; Partitioned"
        } else {
            ""
        };
        format!("{SESSION_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=None{partitioned}")
    }

    /// Whether callers are known by bearer token rather than by cookie.
    pub(super) fn by_bearer(&self) -> bool {
        self.scene.is("embed-auth", "bearer")
    }

    /// The person who calls, if known.
    pub(super) fn caller(&self, call: &Call) -> Option<Persona> {
        if self.by_bearer() {
            return self.bearer(call);
        }
        let sessions = self.sessions();
        let (persona, expires) = sessions.running.get(call.cookie(SESSION_COOKIE)?)?;
        (*expires > self.scene.clock().now_s()).then(|| persona.clone())
    }

    /// The person a bearer token speaks for.
    pub(super) fn bearer(&self, call: &Call) -> Option<Persona> {
        let claims = self.sso.verify(call.bearer()?, "crm-api").ok()?;
        self.sso.person(&claims).cloned()
    }
}
