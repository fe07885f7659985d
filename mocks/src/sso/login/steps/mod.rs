//! What each page asks, and what becomes of the answer.

mod account;
mod consent;
mod one_time_code;
mod password;

pub(super) use account::account;
pub(super) use consent::{consent, consent_items};
pub(super) use one_time_code::one_time_code;
pub(super) use password::password;

use super::super::Sso;
use super::super::state::Session;
use super::submit::Submission;

/// Puts a session under a new name in place of the browser's old one, so that none can be planted beforehand.
/// Gives the cookie's value.
fn renew(submission: &Submission<'_>, session: &Session) -> String {
    let sso: &Sso = submission.sso;
    let value = sso.scene.secret("sso_session");
    let cookie = sso
        .providers
        .get(session.provider)
        .and_then(|provider| submission.call.cookie(&provider.session_cookie));
    sso.make_room();
    let mut state = sso.state();
    if let Some(old) = cookie {
        state.sessions.remove(old);
    }
    state.sessions.insert(value.clone(), session.clone());
    value
}

/// Whether somebody else than before is signed in now.
fn someone_else(before: Option<&Session>, now: &Session) -> bool {
    before.is_some_and(|before| before.persona.key != now.persona.key)
}
