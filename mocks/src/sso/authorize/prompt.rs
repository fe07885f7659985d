//! What may be asked of the user (OpenID Connect Core, §3.1.2.1, `prompt`).

use super::{Authorization, Prompt, Refusal};

pub(super) fn understand_prompt(authorization: &mut Authorization<'_>) -> Result<(), Refusal> {
    authorization.prompt = match authorization.parameter("prompt") {
        None | Some("") => Prompt::AsNeeded,
        Some("none") => Prompt::None,
        Some("login") => Prompt::Login,
        Some(other) => {
            return Err(Refusal::back(
                "invalid_request",
                format!("the prompt {other} is not offered"),
            ));
        }
    };
    Ok(())
}
