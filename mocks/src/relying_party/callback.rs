//! `GET /auth/oidc/callback`: back from the provider, through checks in order.

use http::StatusCode;
use openidconnect::core::CoreGenderClaim;
use openidconnect::{
    AuthorizationCode, EmptyAdditionalClaims, OAuth2TokenResponse as _, TokenResponse as _, UserInfoClaims,
};
use serde_json::json;

use super::identity::{self, Person};
use super::provider::{Provider, Tokens};
use super::refusal::Refusal;
use super::session::Pending;
use super::{RelyingParty, browser, pages};
use crate::desk::{Call, Reply};

/// A callback on its way through its checks, with what they found.
struct Callback<'a> {
    party: &'a RelyingParty,
    call: &'a Call,
    pending: Option<Pending>,
    signed_in: Option<SignedIn>,
}

/// What a code was good for.
struct SignedIn {
    provider: Provider,
    tokens: Tokens,
    person: Option<Person>,
}

/// One check: lets a callback pass, noting what it found, or refuses it.
type Check = fn(&mut Callback<'_>) -> Result<(), Refusal>;

/// The checks, in order: that this browser asked, that it was this issuer who answered and by a code, that
/// the code is good, and for whom.
const CHECKS: &[Check] = &[
    match_state,
    match_browser,
    match_issuer,
    hear_error,
    redeem_code,
    verify_identity,
    match_subject,
];

pub(super) fn answer(party: &RelyingParty, call: &Call) -> Reply {
    let mut callback = Callback {
        party,
        call,
        pending: None,
        signed_in: None,
    };
    if let Err(refusal) = CHECKS.iter().try_for_each(|check| check(&mut callback)) {
        return refused(party, call, &refusal);
    }
    match callback
        .signed_in
        .and_then(|found| Some((found.tokens, found.person?)))
    {
        Some((tokens, person)) => start(party, call, &tokens, person),
        None => refused(party, call, &Refusal::of("nobody signed in")),
    }
}

/// Shows and tells that nobody was signed in, and why.
pub(super) fn refused(party: &RelyingParty, call: &Call, refusal: &Refusal) -> Reply {
    party.tell(
        call.exchange,
        "sign-in-refused",
        json!({"reason": refusal.reason}),
    );
    let text = format!("This sign-in is refused: {}", refusal.reason);
    pages::notice(party, refusal.status, "Not signed in", "", &text)
}

fn start(party: &RelyingParty, call: &Call, tokens: &Tokens, person: Person) -> Reply {
    let Some(identity) = tokens.id_token() else {
        return refused(party, call, &Refusal::of("no identity token came"));
    };
    // Somebody else of this browser may have been signed in before.
    party.end_session(call, "signed-in-anew");
    let data = json!({"persona": party.persona(&person.subject), "recognised_by": person.recognised_by});
    party.tell(call.exchange, "session-started", data);
    let cookie = party.start_session(
        person,
        identity.clone(),
        tokens.access_token().clone(),
        tokens.refresh_token().cloned(),
        party.access_until_s(tokens),
    );
    Reply::redirect(StatusCode::SEE_OTHER, &party.address("/")).with("set-cookie", &cookie)
}

impl RelyingParty {
    /// When an access token that came just now runs out (RFC 6749, §5.1, `expires_in`).
    pub(super) fn access_until_s(&self, tokens: &Tokens) -> i64 {
        let lifetime = tokens.expires_in().unwrap_or_default().as_secs();
        self.now_s()
            .saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX))
    }
}

/// The state must be one that was sent, and counts once (RFC 6749, §10.12).
fn match_state(callback: &mut Callback<'_>) -> Result<(), Refusal> {
    let state = callback.call.query("state").unwrap_or_default();
    callback.pending = callback.party.memory().pending.remove(state);
    match callback.pending {
        Some(_) => Ok(()),
        None => Err(Refusal::of("the state is not ours")),
    }
}

/// The browser must be the one that began (RFC 9700, §4.7.1).
fn match_browser(callback: &mut Callback<'_>) -> Result<(), Refusal> {
    let browser = browser::name_of(callback.call);
    match &callback.pending {
        Some(pending) if browser == Some(pending.browser.as_str()) => Ok(()),
        _ => Err(Refusal::of("another browser began this sign-in")),
    }
}

/// The answer must say that it is this issuer's, against mix-up (RFC 9207, §2.4).
fn match_issuer(callback: &mut Callback<'_>) -> Result<(), Refusal> {
    if callback.call.query("iss") == Some(callback.party.issuer().as_str()) {
        Ok(())
    } else {
        Err(Refusal::of("the answer is of another issuer"))
    }
}

/// The provider may have refused itself (RFC 6749, §4.1.2.1).
fn hear_error(callback: &mut Callback<'_>) -> Result<(), Refusal> {
    let Some(error) = callback.call.query("error") else {
        return Ok(());
    };
    Err(Refusal::of(match callback.call.query("error_description") {
        Some(description) => format!("{error}: {description}"),
        None => error.to_owned(),
    }))
}

/// The code must be good for tokens (RFC 6749, §4.1.3; RFC 7636, §4.5).
fn redeem_code(callback: &mut Callback<'_>) -> Result<(), Refusal> {
    let code = callback
        .call
        .query("code")
        .ok_or_else(|| Refusal::of("no code came"))?;
    let provider = callback.party.provider(callback.call)?;
    let mut request = provider
        .client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|error| Refusal::of_provider(&error))?;
    if let Some(pending) = &callback.pending {
        let verifier = pending.verifier.secret().clone();
        request = request.set_pkce_verifier(openidconnect::PkceCodeVerifier::new(verifier));
    }
    let tokens = request
        .request(&callback.party.line(callback.call))
        .map_err(|error| Refusal::of_token_endpoint(&error))?;
    callback.signed_in = Some(SignedIn {
        provider,
        tokens,
        person: None,
    });
    Ok(())
}

/// The identity token must answer this very request (OpenID Connect Core, §3.1.3.7).
fn verify_identity(callback: &mut Callback<'_>) -> Result<(), Refusal> {
    let (Some(pending), Some(found)) = (&callback.pending, &mut callback.signed_in) else {
        return Ok(());
    };
    let person = identity::of(
        callback.party,
        &found.provider,
        &found.tokens,
        &pending.nonce,
        pending.max_age,
    )?;
    found.person = Some(person);
    Ok(())
}

/// Userinfo must speak of the same person (OpenID Connect Core, §5.3.4).
fn match_subject(callback: &mut Callback<'_>) -> Result<(), Refusal> {
    let Some(found) = &callback.signed_in else {
        return Ok(());
    };
    // Compared here and not by the crate, whose message would say both subjects.
    let info: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> = found
        .provider
        .client
        .user_info(found.tokens.access_token().clone(), None)
        .map_err(|error| Refusal::of_provider(&error))?
        .request(&callback.party.line(callback.call))
        .map_err(|error| Refusal::of_provider(&error))?;
    let known = found.person.as_ref().map(|person| person.subject.as_str());
    if known == Some(info.subject().as_str()) {
        Ok(())
    } else {
        Err(Refusal::of("userinfo speaks of somebody else"))
    }
}
