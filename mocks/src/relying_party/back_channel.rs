//! `POST /auth/oidc/back-channel-logout`: the provider says that a session is over (Back-Channel Logout 1.0, §2.5).

use http::StatusCode;
use serde_json::json;

use super::RelyingParty;
use super::logout_token::{self, LogoutToken};
use super::refusal::Refusal;
use crate::desk::{Call, Reply, first};

/// Answers as §2.8 has it.
pub(super) fn answer(party: &RelyingParty, call: &Call) -> Reply {
    let form = call.form().unwrap_or_default();
    let checked = first(&form, "logout_token")
        .ok_or_else(|| Refusal::of("logout_token is missing"))
        .and_then(|token| logout_token::checked(party, call, token));
    match checked {
        Ok(token) => {
            let ended = end_sessions(party, &token);
            let data = json!({"personas": ended, "sessions": ended.len()});
            party.tell(call.exchange, "back-channel-logout-received", data);
            Reply::empty(StatusCode::OK).with("cache-control", "no-store")
        }
        Err(refusal) => {
            let data = json!({"reason": refusal.reason});
            party.tell(call.exchange, "back-channel-logout-refused", data);
            let said = json!({"error": "invalid_request", "error_description": refusal.reason});
            Reply::json(StatusCode::BAD_REQUEST, &said)
        }
    }
}

/// Ends the sessions that a token means: the one it names, or all of the person (§2.7). Gives whose they were.
fn end_sessions(party: &RelyingParty, token: &LogoutToken) -> Vec<String> {
    let mut memory = party.memory();
    let mut ended = Vec::new();
    memory.sessions.retain(|_, session| {
        let meant = match (&token.sid, &token.sub) {
            (Some(sid), sub) => {
                session.person.sid.as_ref() == Some(sid)
                    && sub.as_ref().is_none_or(|sub| *sub == session.person.subject)
            }
            (None, Some(sub)) => *sub == session.person.subject,
            (None, None) => false,
        };
        if meant {
            ended.push(party.persona(&session.person.subject));
        }
        !meant
    });
    ended
}
