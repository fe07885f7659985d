//! How a scenario directs the single sign-on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Sso;
use super::mekari::SessionDirection;
use crate::direction::Change;

/// Directions for the single sign-on.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct SsoDirection {
    /// Whether a right password signs in.
    sign_in: Change<SignIn>,
    /// Seconds an access token counts. 3600 by default.
    access_token_lifetime: Change<u32>,
    /// Seconds an authorization code counts. 60 by default.
    code_lifetime: Change<u32>,
    /// Ends every session at the single sign-on: the user signed out elsewhere.
    end_sessions: bool,
    /// Takes back every access token issued so far: services answer 401 to them from now on.
    revoke_tokens: bool,
    /// How the frame of the shared web session behaves.
    session: SessionDirection,
}

/// Whether a right password signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SignIn {
    /// It does.
    #[default]
    Normal,
    /// Every password is refused.
    Refused,
}

/// How the provider behaves.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) sign_in: SignIn,
    pub(super) access_token_lifetime: u32,
    pub(super) code_lifetime: u32,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            sign_in: SignIn::Normal,
            access_token_lifetime: 3600,
            code_lifetime: 60,
        }
    }
}

impl Sso {
    pub(crate) fn direct(&self, direction: SsoDirection) {
        self.account.direct(direction.session);
        {
            let mut stage = self.stage();
            direction.sign_in.apply(&mut stage.sign_in);
            direction
                .access_token_lifetime
                .apply(&mut stage.access_token_lifetime);
            direction.code_lifetime.apply(&mut stage.code_lifetime);
        }
        if direction.end_sessions {
            let ended = std::mem::take(&mut self.state().sessions);
            for session in ended.values() {
                self.tell(
                    None,
                    "session-ended",
                    json!({"persona": session.persona.key, "cause": "direction"}),
                );
            }
        }
        if direction.revoke_tokens {
            let mut state = self.state();
            let issued = state.issued.clone();
            state.revoked.extend(issued);
        }
    }
}
