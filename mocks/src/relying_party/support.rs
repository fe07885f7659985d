//! `POST /support-requests`: a customer, signed in at the portal, asks that support act for them. The token that
//! the portal's page shows stays here: it is the subject's in an exchange (RFC 8693, §2.1, `subject_token`).

use http::StatusCode;
use openidconnect::core::CoreGenderClaim;
use openidconnect::{
    AccessToken, EmptyAdditionalClaims, SubjectIdentifier, TokenIntrospectionResponse as _, UserInfoClaims,
};
use serde_json::json;

use super::refusal::Refusal;
use super::session::SupportRequest;
use super::{RelyingParty, ask};
use crate::desk::{Call, Cors, Reply};

pub(super) const PATH: &str = "/support-requests";

/// What the portal's tokens are for.
const AUDIENCE: &str = "dezky-portal";

/// Pages of the portal may ask, where the world has one (Fetch, "CORS protocol").
pub(super) fn cors(party: &RelyingParty, call: &Call) -> Option<Cors> {
    (call.path == PATH && party.scene.has("portal"))
        .then(|| Cors::with_bearer(vec![party.scene.origin("portal").to_owned()], &["POST"]))
}

pub(super) fn answer(party: &RelyingParty, call: &Call) -> Reply {
    match noted(party, call) {
        Ok(subject) => {
            let persona = party.persona(&subject);
            party.tell(call.exchange, "support-asked-for", json!({"persona": persona}));
            Reply::json(StatusCode::CREATED, &json!({"data": {"asked": true}}))
        }
        Err(refusal) => {
            let data = json!({"reason": refusal.reason});
            party.tell(call.exchange, "support-request-refused", data);
            // RFC 6750, §3.1; a failing provider says nothing about the token.
            if refusal.status == StatusCode::BAD_GATEWAY {
                return Reply::error(refusal.status, "bad_gateway", &refusal.reason);
            }
            Reply::error(StatusCode::UNAUTHORIZED, "unauthorized", &refusal.reason)
                .with("www-authenticate", "Bearer error=\"invalid_token\"")
        }
    }
}

/// Keeps the token of whoever asks, and gives the subject.
fn noted(party: &RelyingParty, call: &Call) -> Result<String, Refusal> {
    let token = call.bearer().ok_or_else(|| Refusal::of("no bearer token came"))?;
    let token = AccessToken::new(token.to_owned());
    let known = ask::asked(party, call, &token)?;
    if !known.active() {
        return Err(Refusal::of("the token does not count"));
    }
    let (Some(issuer), Some(subject)) = (known.iss(), known.sub()) else {
        return Err(Refusal::of("the token says neither whose nor by whom it is"));
    };
    if !known
        .aud()
        .is_some_and(|names| names.iter().any(|name| name == AUDIENCE))
    {
        return Err(Refusal::of("the token is for another audience"));
    }
    // The name is known where the token is from: at the portal's issuer.
    let info: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> = party
        .provider_of(issuer.to_owned(), call)?
        .client
        .user_info(token.clone(), Some(SubjectIdentifier::new(subject.to_owned())))
        .map_err(|error| Refusal::of_provider(&error))?
        .request(&party.line(call))
        .map_err(|error| Refusal::of_provider(&error))?;
    let name = info.name().and_then(|name| name.get(None));
    let request = SupportRequest {
        name: name.map_or_else(|| "a customer".to_owned(), |name| name.to_string()),
        subject: subject.to_owned(),
        token,
    };
    let mut memory = party.memory();
    // Asked again, with a newer token: the older one would run out earlier.
    memory
        .support_requests
        .retain(|_, known| known.subject != subject);
    memory
        .support_requests
        .insert(party.scene.random().token(), request);
    Ok(subject.to_owned())
}
