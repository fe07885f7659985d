//! A code challenge by S256 must come (RFC 7636, §4.3; `plain` is refused, RFC 9700, §2.1.1), unless the
//! client's policy lets it do without one. A challenge that comes all the same counts.

use fixtures::Demand;

use super::{Authorization, Refusal};

/// Length of a SHA-256 digest in base64url without padding.
const CHALLENGE_LENGTH: usize = 43;

pub(super) fn require_s256_challenge(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let demanded = authorization
        .client
        .is_none_or(|client| client.secret.is_none() || client.demands(Demand::Pkce));
    let Some(challenge) = authorization.parameter("code_challenge") else {
        return if demanded {
            Err(Refusal::back("invalid_request", "code_challenge is missing"))
        } else {
            Ok(())
        };
    };
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
    authorization.challenge = challenge.to_owned();
    Ok(())
}
