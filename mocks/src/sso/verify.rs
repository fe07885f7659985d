//! Whether a token counts (RFC 9068, §4; RFC 7519, §7.2).

use jsonwebtoken::{Validation, decode, decode_header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::is_ours;
use super::{Issuer, Sso, keys};

/// A token that one of our issuers signed.
pub(super) struct Authentic<'a, T> {
    /// The issuer whose key it was.
    pub(super) issuer: &'a Issuer,
    /// What its header says it is (RFC 8725, §3.11).
    kind: Option<String>,
    pub(super) claims: T,
}

impl<T> Authentic<'_, T> {
    /// Whether it may be an identity token. Those need not say what they are; our other tokens do.
    fn is_identity(&self) -> bool {
        self.kind
            .as_ref()
            .is_none_or(|kind| kind.eq_ignore_ascii_case("JWT"))
    }
}

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nbf: Option<i64>,
    pub(crate) jti: String,
    /// The groups of the person, if the scope has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) groups: Option<Vec<String>>,
    /// Who acts for the person (RFC 8693, §4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) act: Option<Value>,
}

impl Sso {
    /// The claims of an access token, if it counts for a service now.
    ///
    /// # Errors
    /// The reason, in words that fit an error description (RFC 6750, §3.1).
    pub(crate) fn verify(&self, token: &str, audience: &str) -> Result<Claims, &'static str> {
        let claims = self.verify_any(token)?;
        if claims.aud.iter().any(|known| known == audience) {
            Ok(claims)
        } else {
            Err("the token is for another audience")
        }
    }

    /// The claims of an access token of any audience.
    ///
    /// # Errors
    /// As [`Sso::verify`].
    pub(crate) fn verify_any(&self, token: &str) -> Result<Claims, &'static str> {
        let Authentic { issuer, claims, .. } = self.authentic::<Claims>(token)?;
        if claims.iss != issuer.address {
            return Err("the token is from another issuer");
        }
        let now = self.now_s();
        if claims.exp <= now {
            return Err("the token has expired");
        }
        if claims.nbf.is_some_and(|from| from > now) {
            return Err("the token does not count yet");
        }
        let state = self.state();
        // A token of another kind, or of a provider that this one is not, was never issued as access token.
        match state.issued.get(&claims.jti) {
            Some(issued) if issued.revoked => Err("the token was taken back"),
            Some(_) => Ok(claims),
            None => Err("the token is not an access token of this provider"),
        }
    }

    /// The claims of an identity token of an issuer that hints at somebody. It may have expired (OpenID Connect Core,
    /// §3.1.2.1; RP-Initiated Logout 1.0, §2). Access and logout tokens are by the same keys, and do not pass.
    pub(super) fn hinted(&self, issuer: &Issuer, token: &str) -> Option<Value> {
        let token = self.authentic::<Value>(token).ok()?;
        (token.issuer.index == issuer.index && token.is_identity()).then_some(token.claims)
    }

    /// A token that one of our issuers signed, whatever it says. The key is looked for among those published now.
    ///
    /// # Errors
    /// The reason.
    pub(super) fn authentic<T: DeserializeOwned + Clone>(
        &self,
        token: &str,
    ) -> Result<Authentic<'_, T>, &'static str> {
        let header = decode_header(token).map_err(|_| "the token is malformed")?;
        if !is_ours(header.alg) {
            return Err("the token is signed with another algorithm");
        }
        let (issuer, key) = self
            .issuers
            .iter()
            .find_map(|issuer| {
                let published = keys::published(&issuer.name, self.rotation()).ok()?;
                let key = published
                    .into_iter()
                    .find(|key| header.kid.as_deref() == Some(&key.id))?;
                Some((issuer, key))
            })
            .ok_or("the token is signed with an unknown key")?;
        let mut validation = Validation::new(key.algorithm);
        // Time is the world's, not the machine's: looked at by whoever asks.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        decode::<T>(token, &key.verifying, &validation)
            .map(|decoded| Authentic {
                issuer,
                kind: header.typ,
                claims: decoded.claims,
            })
            .map_err(|_| "the token's signature or claims are wrong")
    }

    /// The person an access token speaks for.
    pub(crate) fn person(&self, claims: &Claims) -> Option<&fixtures::Persona> {
        self.person_of(&claims.sub)
    }

    /// The person of a `sub`.
    pub(crate) fn person_of(&self, subject: &str) -> Option<&fixtures::Persona> {
        self.personas.iter().find(|persona| persona.sso_id == subject)
    }
}

/// The claims of a token as they stand, unverified; null where there are none.
pub(crate) fn claims_of(token: &str) -> Value {
    jsonwebtoken::dangerous::insecure_decode(token)
        .map(|decoded: jsonwebtoken::TokenData<Value>| decoded.claims)
        .unwrap_or_default()
}
