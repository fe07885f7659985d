//! `/auth/oidc/logout`: by POST off to the provider, by GET back from it (RP-Initiated Logout 1.0).

use http::StatusCode;
use openidconnect::{CsrfToken, LogoutRequest, PostLogoutRedirectUrl};

use super::browser::{self, Browser};
use super::refusal::Refusal;
use super::session::{Leaving, Session, no_session_cookie};
use super::{RelyingParty, pages, same_origin};
use crate::desk::{Call, Reply};

/// Seconds in which a browser may come back from the provider: as long as a page there may be left open.
const WAY_BACK_S: i64 = 30 * 60;

/// Ends the session here first, so that it is over even where the provider cannot be reached, and then there (§2).
pub(super) fn begin(party: &RelyingParty, call: &Call) -> Reply {
    if let Err(refused) = same_origin::required(party, call) {
        return refused;
    }
    let Some(session) = party.end_session(call, "sign-out") else {
        return Reply::redirect(StatusCode::SEE_OTHER, &party.address("/"));
    };
    let browser = Browser::of(party, call);
    let reply = match address(party, call, &session, browser.name) {
        Ok(address) => Reply::redirect(StatusCode::SEE_OTHER, &address),
        Err(refusal) => {
            let problem = format!(
                "You are signed out here, but not at the provider: {}",
                refusal.reason
            );
            pages::notice(party, refusal.status, "Signed out", "", &problem)
        }
    };
    reply
        .with("set-cookie", &no_session_cookie())
        .with("set-cookie", &browser.cookie)
}

fn address(party: &RelyingParty, call: &Call, session: &Session, browser: String) -> Result<String, Refusal> {
    let end_session = party
        .provider(call)?
        .end_session()
        .ok_or_else(|| Refusal::of("it offers no signing out"))?;
    let back = PostLogoutRedirectUrl::new(party.address("/auth/oidc/logout"))
        .map_err(|error| Refusal::of_provider(&error))?;
    let state = party.scene.random().token();
    remember(party, &state, browser);
    let request = LogoutRequest::from(end_session)
        .set_id_token_hint(&session.identity)
        .set_post_logout_redirect_uri(back)
        .set_state(CsrfToken::new(state));
    Ok(request.http_get_url().into())
}

/// Remembers a sign-out until its browser comes back, and forgets those whose browser never did.
fn remember(party: &RelyingParty, state: &str, browser: String) {
    let now = party.now_s();
    let until_s = now + WAY_BACK_S;
    let mut memory = party.memory();
    memory.leaving.retain(|_, leaving| leaving.until_s > now);
    memory
        .leaving
        .insert(state.to_owned(), Leaving { browser, until_s });
}

/// Back from the provider (§3). Without a state of ours nothing is done: anybody can send a browser here, also with
/// a state that another browser was given.
pub(super) fn finish(party: &RelyingParty, call: &Call) -> Reply {
    if !is_expected(party, call) {
        let problem = "This sign-out was not begun here.";
        return pages::notice(party, StatusCode::BAD_REQUEST, "Nothing was done", "", problem);
    }
    // By now there may be another session of this browser, from another tab.
    party.end_session(call, "sign-out");
    pages::notice(party, StatusCode::OK, "Signed out", "You are signed out.", "")
        .with("set-cookie", &no_session_cookie())
}

/// Whether this browser left by this state, which counts once.
fn is_expected(party: &RelyingParty, call: &Call) -> bool {
    let state = call.query("state").unwrap_or_default();
    let leaving = party.memory().leaving.remove(state);
    leaving.is_some_and(|leaving| {
        leaving.until_s > party.now_s() && browser::name_of(call) == Some(leaving.browser.as_str())
    })
}
