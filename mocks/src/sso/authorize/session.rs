//! The user must be signed in (OpenID Connect Core, §3.1.2.3): recently enough, and as the one who is meant.

use super::super::login::{Consent, Step};
use super::super::state::Session;
use super::{Authorization, Refusal};

pub(super) fn require_session(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let problem = match &authorization.session {
        // Who does not consent need not sign in again to say so.
        Some(_) if authorization.progress.consent == Consent::Refused => None,
        None => Some("the user is not signed in"),
        Some(session) if !is_meant(authorization, session) => {
            if authorization.progress.signed_in {
                // The user is somebody else, and has just said so (§3.1.2.1, `id_token_hint`).
                return Err(Refusal::back(
                    "login_required",
                    "another user signed in than the one who is meant",
                ));
            }
            Some("another user is signed in than the one who is meant")
        }
        // Also where the user has just signed in: on a page after that, time may have gone by.
        Some(session) if is_too_old(authorization, session) => {
            Some("the user signed in longer ago than max_age allows")
        }
        Some(_) if authorization.prompt.login && !authorization.progress.signed_in => {
            Some("the user is to sign in again")
        }
        Some(_) => None,
    };
    match problem {
        None => Ok(()),
        Some(description) => Err(authorization.ask(Step::Password, "login_required", description)),
    }
}

fn is_meant(authorization: &Authorization<'_>, session: &Session) -> bool {
    authorization
        .meant
        .as_ref()
        .is_none_or(|meant| *meant == session.persona.sso_id)
}

/// No age at all is the same as `prompt=login` (OpenID Connect Core, §3.1.2.1, `max_age`): the password is asked for
/// within the second too, and once.
fn is_too_old(authorization: &Authorization<'_>, session: &Session) -> bool {
    let age = authorization.sso.now_s() - session.authenticated_s;
    match authorization.max_age {
        None => false,
        Some(0) => !authorization.progress.signed_in,
        Some(allowed) => age > allowed,
    }
}
