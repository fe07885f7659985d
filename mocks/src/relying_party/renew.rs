//! `POST /renew`: the refresh token for new tokens (RFC 6749, §6; OpenID Connect Core, §12).

use openidconnect::{Nonce, OAuth2TokenResponse as _, RefreshToken, TokenResponse as _};
use serde_json::json;

use super::pages::{self, Outcome};
use super::provider::{Provider, Tokens};
use super::refusal::Refusal;
use super::session::{SESSION_COOKIE, Session, no_session_cookie};
use super::{RelyingParty, identity, same_origin};
use crate::desk::{Call, Reply};

pub(super) fn answer(party: &RelyingParty, call: &Call) -> Reply {
    if let Err(refused) = same_origin::required(party, call) {
        return refused;
    }
    let Some(session) = party.session(call) else {
        return pages::nobody(party);
    };
    match renewed(party, call, session.clone()) {
        Ok(session) => {
            let persona = party.persona(&session.person.subject);
            party.tell(call.exchange, "session-renewed", json!({"persona": persona}));
            pages::account(party, &session, &Outcome::Done("Renewed".to_owned()))
        }
        // The provider did not say no, it failed (RFC 6749, §5.2): whoever is signed in may try again.
        Err(failure) if failure.is_of_provider() => {
            let persona = party.persona(&session.person.subject);
            let data = json!({"persona": persona, "reason": failure.reason});
            party.tell(call.exchange, "renewal-failed", data);
            pages::account(party, &session, &Outcome::Problem(failure.reason))
        }
        // Whoever the provider no longer vouches for is not signed in any longer.
        Err(refusal) => {
            let ended = party.end_session(call, "renewal-refused");
            let persona = ended.map(|session| party.persona(&session.person.subject));
            let data = json!({"persona": persona, "reason": refusal.reason});
            party.tell(call.exchange, "renewal-refused", data);
            let text = format!("The session is over: {}", refusal.reason);
            pages::notice(party, refusal.status, "Not signed in", "", &text)
                .with("set-cookie", &no_session_cookie())
        }
    }
}

fn renewed(party: &RelyingParty, call: &Call, mut session: Session) -> Result<Session, Refusal> {
    // Taken out of memory first: it counts once, and a second page of this browser must not use it again.
    let refresh = take_refresh_token(party, call).ok_or_else(|| Refusal::of("there is no refresh token"))?;
    let (provider, tokens) = exchanged(party, call, &refresh)
        // None came, so this one is not known to be used.
        .inspect_err(|failure| keep_for_another_try(party, call, failure, Some(&refresh)))?;
    if let Some(anew) = tokens.id_token() {
        // It answers no request of a browser, so it has no nonce (OpenID Connect Core, §12.2).
        let person = identity::of(party, &provider, &tokens, |_: Option<&Nonce>| Ok(()), None)
            .inspect_err(|failure| keep_for_another_try(party, call, failure, tokens.refresh_token()))?;
        if person.subject != session.person.subject {
            return Err(Refusal::of("the renewed identity token speaks of somebody else"));
        }
        session.person = person;
        session.identity = anew.clone();
    }
    session.access = tokens.access_token().clone();
    session.access_until_s = party.access_until_s(&tokens);
    session.refresh = tokens.refresh_token().cloned();
    let mut memory = party.memory();
    match call
        .cookie(SESSION_COOKIE)
        .and_then(|cookie| memory.sessions.get_mut(cookie))
    {
        Some(known) => {
            known.clone_from(&session);
            Ok(session)
        }
        None => Err(Refusal::of("the session ended meanwhile")),
    }
}

fn exchanged(
    party: &RelyingParty,
    call: &Call,
    refresh: &RefreshToken,
) -> Result<(Provider, Tokens), Refusal> {
    let provider = party.provider(call)?;
    let tokens = provider
        .client
        .exchange_refresh_token(refresh)
        .map_err(|error| Refusal::of_provider(&error))?
        .request(&party.line(call))
        .map_err(|error| Refusal::of_token_endpoint(&error))?;
    Ok((provider, tokens))
}

fn take_refresh_token(party: &RelyingParty, call: &Call) -> Option<RefreshToken> {
    let mut memory = party.memory();
    memory
        .sessions
        .get_mut(call.cookie(SESSION_COOKIE)?)?
        .refresh
        .take()
}

/// Puts the refresh token that counts now into memory, where it was the provider that failed.
fn keep_for_another_try(
    party: &RelyingParty,
    call: &Call,
    failure: &Refusal,
    refresh: Option<&RefreshToken>,
) {
    let mut memory = party.memory();
    let cookie = call.cookie(SESSION_COOKIE).filter(|_| failure.is_of_provider());
    if let Some(session) = cookie.and_then(|cookie| memory.sessions.get_mut(cookie)) {
        session.refresh = refresh.cloned();
    }
}
