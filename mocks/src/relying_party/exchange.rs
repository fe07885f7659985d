//! Token exchange (RFC 8693, §2.1). The crate has none, so its request is made by hand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, StatusCode};
use openidconnect::AccessToken;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::refusal::Refusal;
use super::{CLIENT, RelyingParty};
use crate::desk::Call;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Whose tokens are exchanged.
pub(super) struct Parties<'a> {
    /// Of the person who is acted for.
    pub(super) subject: &'a AccessToken,
    /// Of the person who acts.
    pub(super) actor: &'a AccessToken,
}

/// An access token of the subject in the hands of the actor.
///
/// # Errors
/// The provider's `error: error_description` (RFC 8693, §2.2.2).
pub(super) fn token_for(party: &RelyingParty, call: &Call, parties: &Parties<'_>) -> Result<String, Refusal> {
    let provider = party.provider(call)?;
    let body = serde_urlencoded::to_string([
        ("grant_type", GRANT),
        ("subject_token", parties.subject.secret()),
        ("subject_token_type", ACCESS_TOKEN),
        ("actor_token", parties.actor.secret()),
        ("actor_token_type", ACCESS_TOKEN),
    ])
    .map_err(|error| Refusal::of_provider(&error))?;
    let request = Request::post(provider.token_endpoint())
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic(party))
        .body(body.into_bytes())
        .map_err(|error| Refusal::of_provider(&error))?;
    let answer = party.sso.answer_server(request, call.exchange);
    let said: Value = serde_json::from_slice(answer.body()).map_err(|error| Refusal::of_provider(&error))?;
    let text = |name: &str| said[name].as_str().unwrap_or_default();
    if answer.status() == StatusCode::OK {
        return Ok(text("access_token").to_owned());
    }
    Err(Refusal::of(format!(
        "{}: {}",
        text("error"),
        text("error_description")
    )))
}

/// Name and secret, each form-encoded first (RFC 6749, §2.3.1).
fn basic(party: &RelyingParty) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(CLIENT), encoded(&party.secret()));
    format!("Basic {}", STANDARD.encode(pair))
}
