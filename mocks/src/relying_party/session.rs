//! What the server remembers: who is signed in, who is about to be, and who asked for support.

use std::collections::BTreeMap;

use openidconnect::{AccessToken, Nonce, PkceCodeVerifier, RefreshToken};

use super::RelyingParty;
use super::identity::Person;
use super::provider::Identity;
use crate::desk::Call;

/// The session cookie. Its prefix has browsers keep it to this very host (RFC 6265bis, §4.1.3.2).
pub(super) const SESSION_COOKIE: &str = "__Host-dezky_operator";

/// Seconds a session lasts: eight hours, as long as a refresh token of this client.
const SESSION_LIFETIME_S: i64 = 8 * 60 * 60;

/// The server's memory.
#[derive(Default)]
pub(super) struct Memory {
    /// By the value of the cookie.
    pub(super) sessions: BTreeMap<String, Session>,
    /// Sign-ins under way, by `state`.
    pub(super) pending: BTreeMap<String, Pending>,
    /// Sign-outs under way, by `state`.
    pub(super) leaving: BTreeMap<String, Leaving>,
    /// By the name that a button has.
    pub(super) support_requests: BTreeMap<String, SupportRequest>,
    /// Logout tokens taken so far by `jti`, and when each runs out.
    pub(super) logout_tokens: BTreeMap<String, i64>,
}

/// A signed-in browser. The tokens stay here.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) person: Person,
    pub(super) identity: Identity,
    pub(super) access: AccessToken,
    pub(super) refresh: Option<RefreshToken>,
    /// When the access token runs out.
    pub(super) access_until_s: i64,
    expires_s: i64,
}

/// A sign-in under way.
pub(super) struct Pending {
    pub(super) verifier: PkceCodeVerifier,
    pub(super) nonce: Nonce,
    /// Ties it to the browser that began it.
    pub(super) browser: String,
    /// The longest time since the password that was asked for.
    pub(super) max_age: Option<i64>,
}

/// A sign-out under way.
pub(super) struct Leaving {
    /// Ties it to the browser that began it.
    pub(super) browser: String,
    /// Until when the browser may come back.
    pub(super) until_s: i64,
}

/// A customer who asked that support act for them, and the token that this takes.
#[derive(Clone)]
pub(super) struct SupportRequest {
    pub(super) name: String,
    pub(super) subject: String,
    pub(super) token: AccessToken,
}

impl Memory {
    /// The personas with a session that counts.
    pub(super) fn signed_in(&self, now_s: i64) -> Vec<&str> {
        let counting = self.sessions.values().filter(|session| session.expires_s > now_s);
        counting.map(|session| session.person.name.as_str()).collect()
    }
}

impl RelyingParty {
    /// Starts a session, and gives the cookie that stands for it.
    pub(super) fn start_session(
        &self,
        person: Person,
        identity: Identity,
        access: AccessToken,
        refresh: Option<RefreshToken>,
        access_until_s: i64,
    ) -> String {
        let value = self.scene.secret("operator_session");
        let session = Session {
            person,
            identity,
            access,
            refresh,
            access_until_s,
            expires_s: self.now_s() + SESSION_LIFETIME_S,
        };
        self.memory().sessions.insert(value.clone(), session);
        format!("{SESSION_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax")
    }

    /// The session of the browser that calls, if it has one that counts.
    pub(super) fn session(&self, call: &Call) -> Option<Session> {
        let memory = self.memory();
        let session = memory.sessions.get(call.cookie(SESSION_COOKIE)?)?;
        (session.expires_s > self.now_s()).then(|| session.clone())
    }

    /// Ends the session of the browser that calls.
    pub(super) fn end_session(&self, call: &Call, cause: &str) -> Option<Session> {
        let session = self.memory().sessions.remove(call.cookie(SESSION_COOKIE)?)?;
        let persona = self.persona(&session.person.subject);
        let data = serde_json::json!({"persona": persona, "cause": cause});
        self.tell(call.exchange, "session-ended", data);
        Some(session)
    }
}

/// Takes the session cookie back.
pub(super) fn no_session_cookie() -> String {
    format!("{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}
