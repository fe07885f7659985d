//! Authenticates the client (RFC 6749, §2.3.1): by `Authorization: Basic`, by form, or, for a public
//! client, by name only (§3.2.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use super::{Exchange, Refusal};
use crate::desk::Call;

/// Client id and secret of `Authorization: Basic`, each form-encoded (RFC 6749, §2.3.1).
pub(super) fn basic(call: &Call) -> Option<(String, String)> {
    let (scheme, encoded) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = plain.split_once(':')?;
    let decoded = |text: &str| -> Option<String> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&format!("x={text}")).ok()?;
        pairs.into_iter().next().map(|(_, value)| value)
    };
    Some((decoded(id)?, decoded(secret)?))
}

pub(super) fn authenticate_client(request: &mut Exchange<'_>) -> Result<(), Refusal> {
    let refused = |description: &str| Refusal {
        status: StatusCode::UNAUTHORIZED,
        error: "invalid_client",
        description: description.to_owned(),
    };
    let (id, secret) = match &request.basic {
        Some(_) if request.field("client_secret").is_some() => {
            return Err(Refusal::new(
                "invalid_request",
                "the client authenticates in two ways",
            ));
        }
        Some((id, secret)) => (id.as_str(), Some(secret.as_str())),
        None => (
            request.field("client_id").unwrap_or_default(),
            request.field("client_secret"),
        ),
    };
    if request.field("client_id").is_some_and(|named| named != id) {
        return Err(Refusal::new("invalid_request", "the client goes by two names"));
    }
    let client = request
        .sso
        .client(id)
        .ok_or_else(|| refused("the client is not known"))?;
    if client.secret.as_deref() != secret {
        return Err(refused("the client's secret is wrong"));
    }
    request.client = Some(client);
    Ok(())
}
