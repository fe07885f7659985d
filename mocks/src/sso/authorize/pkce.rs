//! A code challenge by S256 must come (RFC 7636, §4.3; `plain` is refused, RFC 9700, §2.1.1).

use super::{Authorization, Refusal};

/// Length of a SHA-256 digest in base64url without padding.
const CHALLENGE_LENGTH: usize = 43;

pub(super) fn require_s256_challenge(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let challenge = authorization
        .parameter("code_challenge")
        .ok_or_else(|| Refusal::back("invalid_request", "code_challenge is missing"))?
        .to_owned();
    if authorization.parameter("code_challenge_method") != Some("S256") {
        return Err(Refusal::back(
            "invalid_request",
            "code_challenge_method must be S256",
        ));
    }
    let well_formed = challenge.len() == CHALLENGE_LENGTH
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if !well_formed {
        return Err(Refusal::back(
            "invalid_request",
            "code_challenge is not a SHA-256 digest in base64url",
        ));
    }
    authorization.challenge = challenge;
    Ok(())
}
