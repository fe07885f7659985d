//! The user must be signed in (OpenID Connect Core, §3.1.2.3).

use super::{Authorization, Prompt, Refusal};

pub(super) fn require_session(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    match (authorization.prompt, &authorization.session, authorization.fresh) {
        (Prompt::None, None, _) => Err(Refusal::back("login_required", "the user is not signed in")),
        (Prompt::Login, _, false) | (_, None, _) => Err(Refusal::SignIn),
        _ => Ok(()),
    }
}
