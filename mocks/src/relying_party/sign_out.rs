//! `/auth/oidc/logout`: by POST off to the provider, by GET back from it (RP-Initiated Logout 1.0).

use http::StatusCode;
use openidconnect::{CsrfToken, LogoutRequest, PostLogoutRedirectUrl};

use super::refusal::Refusal;
use super::session::{Session, no_session_cookie};
use super::{RelyingParty, pages, same_origin};
use crate::desk::{Call, Reply};

/// Ends the session here first, so that it is over even where the provider cannot be reached, and then there (§2).
pub(super) fn begin(party: &RelyingParty, call: &Call) -> Reply {
    if let Err(refused) = same_origin::required(party, call) {
        return refused;
    }
    let Some(session) = party.end_session(call, "sign-out") else {
        return Reply::redirect(StatusCode::SEE_OTHER, &party.address("/"));
    };
    let reply = match address(party, call, &session) {
        Ok(address) => Reply::redirect(StatusCode::SEE_OTHER, &address),
        Err(refusal) => {
            let problem = format!(
                "You are signed out here, but not at the provider: {}",
                refusal.reason
            );
            pages::notice(party, refusal.status, "Signed out", "", &problem)
        }
    };
    reply.with("set-cookie", &no_session_cookie())
}

fn address(party: &RelyingParty, call: &Call, session: &Session) -> Result<String, Refusal> {
    let end_session = party
        .provider(call)?
        .end_session()
        .ok_or_else(|| Refusal::of("it offers no signing out"))?;
    let back = PostLogoutRedirectUrl::new(party.address("/auth/oidc/logout"))
        .map_err(|error| Refusal::of_provider(&error))?;
    let state = party.scene.random().token();
    party.memory().leaving.insert(state.clone());
    let request = LogoutRequest::from(end_session)
        .set_id_token_hint(&session.identity)
        .set_post_logout_redirect_uri(back)
        .set_state(CsrfToken::new(state));
    Ok(request.http_get_url().into())
}

/// Back from the provider (§3). Without a state of ours nothing is done: anybody can send a browser here.
pub(super) fn finish(party: &RelyingParty, call: &Call) -> Reply {
    if !party
        .memory()
        .leaving
        .remove(call.query("state").unwrap_or_default())
    {
        let problem = "This sign-out was not begun here.";
        return pages::notice(party, StatusCode::BAD_REQUEST, "Nothing was done", "", problem);
    }
    // By now there may be another session of this browser, from another tab.
    party.end_session(call, "sign-out");
    pages::notice(party, StatusCode::OK, "Signed out", "You are signed out.", "")
        .with("set-cookie", &no_session_cookie())
}
