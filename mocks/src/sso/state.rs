//! What the provider remembers: sign-in pages shown, sessions, codes, tokens taken back.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::Persona;

/// Seconds a sign-in page may be left open.
pub(crate) const LOGIN_LIFETIME_S: i64 = 30 * 60;
/// Seconds a session lasts: twelve hours.
pub(crate) const SESSION_LIFETIME_S: i64 = 12 * 60 * 60;

/// The provider's memory.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) logins: BTreeMap<String, Login>,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) codes: BTreeMap<String, Code>,
    /// Identities (`jti`) of access tokens that no longer count.
    pub(crate) revoked: BTreeSet<String>,
    /// Identities of the access tokens issued so far.
    pub(crate) issued: BTreeSet<String>,
}

/// A sign-in page that was shown.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// The authorization request to go on with, if there was one.
    pub(crate) request: Option<Vec<(String, String)>>,
    /// Ties the form to the page that showed it.
    pub(crate) form_token: String,
    /// Ties the form to the browser that was shown it.
    pub(crate) browser_token: String,
    pub(crate) expires_s: i64,
}

/// A signed-in browser.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) persona: Persona,
    /// When the password was given (OpenID Connect Core, §2, `auth_time`).
    pub(crate) authenticated_s: i64,
    pub(crate) expires_s: i64,
}

/// An authorization code and what it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    pub(crate) challenge: String,
    pub(crate) session: Session,
    pub(crate) expires_s: i64,
    /// Identity of the access token it was exchanged for, once it was.
    pub(crate) spent_for: Option<String>,
}
