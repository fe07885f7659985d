//! The verifier must hash to the challenge (RFC 7636, §4.6). One without a challenge is refused as well, so
//! that nobody strips PKCE from a request unseen (RFC 9700, §2.1.1).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Redemption, Refusal};

pub(super) fn match_verifier(redemption: &Redemption<'_>) -> Result<(), Refusal> {
    let challenge = redemption.code.challenge.as_str();
    match redemption.asked.field("code_verifier") {
        None if challenge.is_empty() => Ok(()),
        None => Err(Refusal::new("invalid_request", "code_verifier is missing")),
        Some(verifier) if !is_well_formed(verifier) => Err(Refusal::new(
            "invalid_request",
            "code_verifier must be 43 to 128 letters, digits and any of -._~",
        )),
        Some(_) if challenge.is_empty() => Err(Refusal::new(
            "invalid_grant",
            "there is a code verifier, and the code has no challenge",
        )),
        Some(verifier) if challenge_of(verifier) == challenge => Ok(()),
        Some(_) => Err(Refusal::new("invalid_grant", "the code verifier is wrong")),
    }
}

/// The form of a verifier (RFC 7636, §4.1).
fn is_well_formed(verifier: &str) -> bool {
    (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// The S256 challenge of a verifier (RFC 7636, §4.2).
pub(crate) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}
