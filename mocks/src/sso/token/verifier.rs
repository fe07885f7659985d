//! The verifier must hash to the challenge (RFC 7636, §4.6).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Exchange, Refusal};

pub(super) fn match_verifier(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    let Some(verifier) = request.field("code_verifier") else {
        return Err(Refusal::new("invalid_request", "code_verifier is missing"));
    };
    let hashed = challenge_of(verifier);
    match &request.code {
        Some((_, code)) if code.challenge == hashed => Ok(()),
        _ => Err(Refusal::new("invalid_grant", "the code verifier is wrong")),
    }
}

/// The S256 challenge of a verifier (RFC 7636, §4.2).
pub(crate) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}
