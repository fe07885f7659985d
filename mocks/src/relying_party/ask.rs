//! `POST /introspect`: whether the access token still counts (RFC 7662).

use openidconnect::TokenIntrospectionResponse as _;
use openidconnect::core::CoreTokenIntrospectionResponse;

use super::pages::{self, Outcome};
use super::refusal::Refusal;
use super::{RelyingParty, same_origin};
use crate::desk::{Call, Reply};

pub(super) fn answer(party: &RelyingParty, call: &Call) -> Reply {
    if let Err(refused) = same_origin::required(party, call) {
        return refused;
    }
    let Some(session) = party.session(call) else {
        return pages::nobody(party);
    };
    let outcome = match asked(party, call, &session.access) {
        Ok(known) if known.active() => Outcome::Done("The access token is active".to_owned()),
        Ok(_) => Outcome::Done("The access token is not active".to_owned()),
        Err(refusal) => Outcome::Problem(refusal.reason),
    };
    pages::account(party, &session, &outcome)
}

/// What the issuer of this client says of an access token.
///
/// # Errors
/// It refuses to say, or cannot.
pub(super) fn asked(
    party: &RelyingParty,
    call: &Call,
    token: &openidconnect::AccessToken,
) -> Result<CoreTokenIntrospectionResponse, Refusal> {
    party
        .provider(call)?
        .client
        .introspect(token)
        .set_token_type_hint("access_token")
        .request(&party.line(call))
        .map_err(|error| Refusal::of_token_endpoint(&error))
}
