//! The user chooses an account where the client asks for it (OpenID Connect Core, §3.1.2.1, `prompt`,
//! `select_account`). Who has just signed in has chosen.

use super::super::login::Step;
use super::{Authorization, Refusal};

pub(super) fn choose_account(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let progress = authorization.progress;
    if authorization.prompt.select_account && !progress.chosen && !progress.signed_in {
        Err(Refusal::Ask(Step::Account))
    } else {
        Ok(())
    }
}
