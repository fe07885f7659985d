//! What is to be asked of the user (OpenID Connect Core, §3.1.2.1, `prompt`): a list of words, of which `none`
//! stands alone.

use super::{Authorization, Refusal};

/// What the client wants asked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prompt {
    /// Nothing at all.
    pub(super) none: bool,
    /// The password, though there is a session.
    pub(super) login: bool,
    /// Consent, though it was given.
    pub(super) consent: bool,
    /// Which account.
    pub(super) select_account: bool,
}

pub(super) fn understand_prompt(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    let words = authorization.parameter("prompt").unwrap_or_default();
    let mut prompt = Prompt::default();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            "select_account" => prompt.select_account = true,
            other => {
                return Err(Refusal::back(
                    "invalid_request",
                    format!("the prompt {other} is not offered"),
                ));
            }
        }
    }
    if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
        return Err(Refusal::back("invalid_request", "the prompt none stands alone"));
    }
    authorization.prompt = prompt;
    Ok(())
}
