//! Makes tokens: what they say, from what was granted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fixtures::Persona;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::sign::Kind;
use super::state::{Issued, RefreshToken, Session};
use super::{Claims, Client, Issuer, Sso, claims, scope};

/// An access token to be made.
pub(super) struct Access<'a> {
    pub(super) client: &'a Client,
    pub(super) persona: &'a Persona,
    pub(super) audience: Vec<String>,
    pub(super) scope: &'a str,
    /// The grant it follows from, if any.
    pub(super) grant: Option<&'a str>,
    /// Who acts for the person (RFC 8693, §4.1).
    pub(super) act: Option<Value>,
    /// When it ends at the latest, whatever its lifetime.
    pub(super) until_s: Option<i64>,
}

/// An access token that was made.
pub(super) struct Minted {
    pub(super) token: String,
    /// Seconds it counts.
    pub(super) lifetime: i64,
}

impl Sso {
    /// Now, as the issuers believe it to be: a direction can set their clock wrong.
    fn issuer_now_s(&self) -> i64 {
        self.as_issuers_tell(self.now_s())
    }

    /// A moment, as the issuers would tell it.
    fn as_issuers_tell(&self, moment_s: i64) -> i64 {
        moment_s + i64::from(self.stage().clock_skew)
    }

    /// Seconds an access token of a client counts.
    fn access_lifetime(&self, client: &Client) -> i64 {
        let directed = self.stage().access_token_lifetime;
        i64::from(directed.unwrap_or(client.access_token_lifetime))
    }

    /// An access token (RFC 9068, §2.2), noted as issued.
    pub(super) fn mint_access(&self, access: &Access<'_>) -> Result<Minted, String> {
        let issuer = self.issuer_by_index(access.client)?;
        let now = self.issuer_now_s();
        let mut lifetime = self.access_lifetime(access.client);
        if let Some(until) = access.until_s {
            lifetime = lifetime.min(until - now).max(0);
        }
        let persona = access.persona;
        let jti = self.scene.random().token();
        let said = Claims {
            iss: issuer.address.clone(),
            sub: persona.sso_id.clone(),
            aud: access.audience.clone(),
            client_id: access.client.id.clone(),
            company_sso_id: persona.company_sso_id.clone(),
            email: persona.email.clone(),
            scope: access.scope.to_owned(),
            iat: now,
            exp: now + lifetime,
            nbf: None,
            jti: jti.clone(),
            groups: scope::holds(access.scope, "groups").then(|| persona.groups.clone()),
            act: access.act.clone(),
        };
        let token = self.sign(issuer, Kind::Access, access.client.signing, json!(said))?;
        self.make_room();
        let mut state = self.state();
        // Its grant may have ended while it was made: a code or a refresh token came twice at the same time.
        let grant = access.grant.and_then(|id| state.grants.get(id));
        let issued = Issued {
            grant: access.grant.map(str::to_owned),
            expires_s: now + lifetime,
            revoked: grant.is_some_and(|grant| grant.ended),
        };
        state.issued_ever += 1;
        state.issued.insert(jti, issued);
        Ok(Minted { token, lifetime })
    }

    /// An identity token (OpenID Connect Core, §2), beside an access token. A direction that changes how long access
    /// tokens count says nothing of it.
    pub(super) fn mint_identity(
        &self,
        client: &Client,
        session: &Session,
        scope: &str,
        nonce: Option<&str>,
        access_token: &str,
    ) -> Result<String, String> {
        let issuer = self.issuer_by_index(client)?;
        let now = self.issuer_now_s();
        let mut said = json!({
            "iss": issuer.address,
            "sub": session.persona.sso_id,
            "aud": client.id,
            "iat": now,
            "exp": now + i64::from(client.access_token_lifetime),
            "auth_time": self.as_issuers_tell(session.authenticated_s),
            "acr": session.class(),
            "amr": session.methods,
            "sid": session.sid,
            "at_hash": half_hash(access_token),
            "company_sso_id": session.persona.company_sso_id,
        });
        if let Some(nonce) = nonce {
            said["nonce"] = json!(nonce);
        }
        claims::add(&mut said, &session.persona, scope);
        self.sign(issuer, Kind::Identity, client.signing, said)
    }

    /// A logout token (OpenID Connect Back-Channel Logout 1.0, §2.4). It must not have a nonce.
    pub(super) fn mint_logout(&self, client: &Client, session: &Session) -> Result<String, String> {
        let issuer = self.issuer_by_index(client)?;
        let now = self.issuer_now_s();
        let said = json!({
            "iss": issuer.address,
            "sub": session.persona.sso_id,
            "aud": client.id,
            "iat": now,
            // Two minutes at the most, says the standard.
            "exp": now + 120,
            "jti": self.scene.random().token(),
            "sid": session.sid,
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        self.sign(issuer, Kind::Logout, client.signing, said)
    }

    /// A refresh token of a grant: an opaque secret (RFC 6749, §1.5).
    pub(super) fn mint_refresh(&self, client: &Client, grant: &str) -> String {
        let value = self.scene.secret("refresh_token");
        let token = RefreshToken {
            grant: grant.to_owned(),
            expires_s: self.now_s() + i64::from(client.refresh_token_lifetime),
            used: false,
        };
        self.make_room();
        self.state().refresh_tokens.insert(value.clone(), token);
        value
    }

    fn issuer_by_index(&self, client: &Client) -> Result<&Issuer, String> {
        self.issuers.get(client.issuer).ok_or_else(|| {
            format!(
                "the client {} has no issuer; see fixtures/sso/providers.yaml",
                client.id
            )
        })
    }
}

/// The left half of a token's SHA-256, in base64url (OpenID Connect Core, §3.1.3.6).
fn half_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16])
}
