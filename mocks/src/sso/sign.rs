//! Signs tokens (RFC 7515, §5.1), spoilt first where a direction says so.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fixtures::Signing;
use jsonwebtoken::{Header, encode};
use serde_json::Value;

use super::fault::{TokenFault, turned, unsigned_header};
use super::{Issuer, Sso, keys};

/// What a token is, which its header says (RFC 8725, §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An access token (RFC 9068, §2.1).
    Access,
    /// An identity token (OpenID Connect Core, §2).
    Identity,
    /// A logout token (OpenID Connect Back-Channel Logout 1.0, §2.4).
    Logout,
}

impl Kind {
    fn media_type(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Identity => "JWT",
            Self::Logout => "logout+jwt",
        }
    }

    /// The kind of canary its tokens are.
    fn canary(self) -> &'static str {
        match self {
            Self::Access => "access_token",
            Self::Identity => "id_token",
            Self::Logout => "logout_token",
        }
    }
}

impl Sso {
    /// A token with claims, watched for.
    ///
    /// # Errors
    /// Why it could not be signed, in words that fit an error description.
    pub(super) fn sign(
        &self,
        issuer: &Issuer,
        kind: Kind,
        algorithm: Signing,
        mut claims: Value,
    ) -> Result<String, String> {
        let fault = self.stage().fault(kind);
        fault.spoil(&mut claims);
        let token = if fault == TokenFault::Unsigned {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let header = unsigned_header(kind.media_type());
            format!("{}.{}.", part(&header), part(&claims))
        } else {
            let signed = self.signed(issuer, kind, algorithm, fault, &claims)?;
            match fault {
                TokenFault::WrongSignature => turned(&signed),
                _ => signed,
            }
        };
        self.scene.watch_for(kind.canary(), &token);
        Ok(token)
    }

    fn signed(
        &self,
        issuer: &Issuer,
        kind: Kind,
        algorithm: Signing,
        fault: TokenFault,
        claims: &Value,
    ) -> Result<String, String> {
        let generation = self.rotation().current;
        let name = match fault {
            // No issuer has this name, so no key set has its key.
            TokenFault::UnknownKey => "a stranger",
            _ => &issuer.name,
        };
        let failed =
            |reason: &dyn std::fmt::Display| format!("the token could not be signed: {reason}; try again");
        let key = keys::key(name, generation, algorithm).map_err(|error| failed(&error))?;
        let mut header = Header::new(key.algorithm);
        header.kid = Some(key.id.clone());
        header.typ = Some(kind.media_type().to_owned());
        encode(&header, claims, &key.signing).map_err(|error| failed(&error))
    }
}
