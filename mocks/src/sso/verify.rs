//! Whether an access token counts (RFC 9068, §4).

use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};

use super::Sso;

/// The claims of an access token (RFC 9068, §2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    /// The person: `sso_id`.
    pub(crate) sub: String,
    pub(crate) aud: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) company_sso_id: String,
    pub(crate) email: String,
    pub(crate) scope: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
}

impl Sso {
    /// The claims of an access token, if it counts for a service now.
    ///
    /// # Errors
    /// The reason, in words that fit an error description (RFC 6750, §3.1).
    pub(crate) fn verify(&self, token: &str, audience: &str) -> Result<Claims, &'static str> {
        let header = decode_header(token).map_err(|_| "the token is malformed")?;
        if header.kid.as_deref() != Some(self.keys.id.as_str()) {
            return Err("the token is signed with an unknown key");
        }
        let mut validation = Validation::new(Algorithm::RS256);
        // Time is the world's, not the machine's: looked at below.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        let claims = decode::<Claims>(token, &self.keys.verifying, &validation)
            .map_err(|_| "the token's signature or claims are wrong")?
            .claims;
        if claims.iss != self.issuer() {
            return Err("the token is from another issuer");
        }
        if !claims.aud.iter().any(|known| known == audience) {
            return Err("the token is for another audience");
        }
        if claims.exp <= self.now_s() {
            return Err("the token has expired");
        }
        if self.state().revoked.contains(&claims.jti) {
            return Err("the token was taken back");
        }
        Ok(claims)
    }

    /// The person an access token speaks for.
    pub(crate) fn person(&self, claims: &Claims) -> Option<&fixtures::Persona> {
        self.personas.iter().find(|persona| persona.sso_id == claims.sub)
    }
}

/// The claims of a token as they stand, unverified; null where there are none.
pub(crate) fn claims_of(token: &str) -> serde_json::Value {
    jsonwebtoken::dangerous::insecure_decode(token)
        .map(|decoded: jsonwebtoken::TokenData<serde_json::Value>| decoded.claims)
        .unwrap_or_default()
}
