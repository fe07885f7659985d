//! What can be wrong with a token on purpose, by name, so that a relying party can be seen to refuse it.

use jsonwebtoken::Algorithm;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is wrong with tokens of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TokenFault {
    /// Nothing.
    #[default]
    None,
    /// `iss` is somebody else (OpenID Connect Core, §3.1.3.7, 2).
    WrongIssuer,
    /// `aud` is somebody else (§3.1.3.7, 3).
    WrongAudience,
    /// `exp` is an hour ago (§3.1.3.7, 9).
    Expired,
    /// `nbf` and `iat` are an hour ahead (RFC 7519, §4.1.5).
    NotYetValid,
    /// `nonce` is another (§3.1.3.7, 11).
    WrongNonce,
    /// `at_hash` is that of another token (§3.1.3.8).
    WrongHash,
    /// `alg` is `none`, and there is no signature (RFC 7518, §3.6).
    Unsigned,
    /// The signature is that of another text (§3.1.3.7, 6).
    WrongSignature,
    /// The key is in no key set (RFC 7517, §4.5).
    UnknownKey,
}

/// An issuer that is nobody's (RFC 6761, §6.4).
pub(super) const STRANGER: &str = "https://issuer.invalid";

/// A time by which claims are moved: an hour.
const HOUR_S: i64 = 60 * 60;

impl TokenFault {
    /// Spoils claims, where the fault is one of claims.
    pub(super) fn spoil(self, claims: &mut Value) {
        let now = claims["iat"].as_i64().unwrap_or_default();
        match self {
            Self::WrongIssuer => claims["iss"] = json!(STRANGER),
            // In the form it had: a text or a list.
            Self::WrongAudience if claims["aud"].is_array() => claims["aud"] = json!(["somebody-else"]),
            Self::WrongAudience => claims["aud"] = json!("somebody-else"),
            Self::Expired => {
                claims["iat"] = json!(now - 2 * HOUR_S);
                claims["exp"] = json!(now - HOUR_S);
            }
            Self::NotYetValid => {
                claims["iat"] = json!(now + HOUR_S);
                claims["exp"] = json!(now + 2 * HOUR_S);
                claims["nbf"] = json!(now + HOUR_S);
            }
            // Only where there is one: a logout token must not have a nonce (Back-Channel Logout 1.0, §2.4).
            Self::WrongNonce if claims.get("nonce").is_some() => {
                claims["nonce"] = json!("a-nonce-that-nobody-sent");
            }
            Self::WrongHash if claims.get("at_hash").is_some() => {
                claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
            }
            Self::None
            | Self::WrongNonce
            | Self::WrongHash
            | Self::Unsigned
            | Self::WrongSignature
            | Self::UnknownKey => {}
        }
    }
}

/// A signature with one bit of its middle turned, which no key has made.
pub(super) fn turned(token: &str) -> String {
    let Some((text, signature)) = token.rsplit_once('.') else {
        return token.to_owned();
    };
    let middle = signature.len() / 2;
    let other = if signature.as_bytes().get(middle) == Some(&b'A') {
        "B"
    } else {
        "A"
    };
    let (before, after) = signature.split_at(middle);
    format!("{text}.{before}{other}{}", after.get(1..).unwrap_or_default())
}

/// The header of a token without a signature (RFC 7519, §6).
pub(super) fn unsigned_header(media_type: &str) -> Value {
    json!({"alg": "none", "typ": media_type})
}

/// Whether a token says that it is signed with something we sign with.
pub(super) fn is_ours(algorithm: Algorithm) -> bool {
    matches!(algorithm, Algorithm::RS256 | Algorithm::ES256)
}
