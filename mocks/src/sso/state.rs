//! What the provider remembers: pages shown, sessions, codes, grants and their tokens.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::Persona;

use super::login::Login;

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
    /// The parameters of the last answer with a code, by client.
    pub(crate) answers: BTreeMap<String, Vec<(String, String)>>,
    /// What users granted to clients, by id.
    pub(crate) grants: BTreeMap<String, Grant>,
    pub(crate) refresh_tokens: BTreeMap<String, RefreshToken>,
    /// The access tokens issued so far, by identity (`jti`), but for those that ended long ago.
    pub(crate) issued: BTreeMap<String, Issued>,
    /// How many access tokens were issued.
    pub(crate) issued_ever: u64,
    /// Scopes that people consented to: persona, client, scope.
    pub(crate) consents: BTreeSet<(String, String, String)>,
    /// The last time step each persona's one-time code was taken for (RFC 6238, §5.2).
    pub(crate) one_time_steps: BTreeMap<String, i64>,
    /// Wrong one-time codes, by persona.
    pub(crate) guesses: BTreeMap<String, Guesses>,
    /// How much was remembered since it was last looked for what is over.
    pub(crate) since_look: u32,
}

/// Wrong one-time codes of a person, one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Guesses {
    pub(crate) count: u32,
    pub(crate) last_s: i64,
}

/// A signed-in browser.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The provider, by place: its cookie counts at no other.
    pub(crate) provider: usize,
    pub(crate) persona: Persona,
    /// When the password was given (OpenID Connect Core, §2, `auth_time`).
    pub(crate) authenticated_s: i64,
    pub(crate) expires_s: i64,
    /// What relying parties know it by (Front-Channel Logout 1.0, §3). Not the cookie's value.
    pub(crate) sid: String,
    /// How the person was recognised (RFC 8176, §2).
    pub(crate) methods: Vec<&'static str>,
    /// The clients that got a code in it, which are told when it ends.
    pub(crate) clients: BTreeSet<String>,
}

impl Session {
    /// Whether a second factor was shown.
    pub(crate) fn two_factors(&self) -> bool {
        self.methods.contains(&"otp")
    }

    /// The class of the authentication (OpenID Connect Core, §2, `acr`).
    pub(crate) fn class(&self) -> &'static str {
        if self.two_factors() {
            TWO_FACTORS
        } else {
            ONE_FACTOR
        }
    }
}

/// Recognised by a password.
pub(crate) const ONE_FACTOR: &str = "urn:rehearse:acr:one-factor";
/// Recognised by a password and a one-time code.
pub(crate) const TWO_FACTORS: &str = "urn:rehearse:acr:two-factors";

/// An authorization code and what it stands for.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) client: String,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    /// Empty where the client's policy let the request pass without one.
    pub(crate) challenge: String,
    pub(crate) session: Session,
    pub(crate) expires_s: i64,
    /// The grant it was exchanged for, once it was.
    pub(crate) spent_for: Option<String>,
}

/// What a user granted to a client: every token that follows from one code belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) client: String,
    pub(crate) scope: String,
    pub(crate) session: Session,
    pub(crate) given_s: i64,
    pub(crate) ended: bool,
}

/// A refresh token (RFC 6749, §1.5). It counts once (RFC 9700, §4.14.2).
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    pub(crate) grant: String,
    pub(crate) expires_s: i64,
    pub(crate) used: bool,
}

/// An access token that was issued.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    /// The grant it follows from; an exchanged one has none.
    pub(crate) grant: Option<String>,
    pub(crate) expires_s: i64,
    pub(crate) revoked: bool,
}

impl State {
    /// Ends a grant: none of its tokens counts any longer.
    pub(crate) fn end_grant(&mut self, id: &str) {
        if let Some(grant) = self.grants.get_mut(id) {
            grant.ended = true;
        }
        for issued in self.issued.values_mut() {
            issued.revoked |= issued.grant.as_deref() == Some(id);
        }
    }

    /// The session that relying parties know by an id.
    pub(crate) fn session_of(&mut self, sid: &str) -> Option<&mut Session> {
        self.sessions.values_mut().find(|session| session.sid == sid)
    }
}
