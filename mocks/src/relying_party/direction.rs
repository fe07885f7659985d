//! How a scenario directs the relying party.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RelyingParty;
use crate::direction::Change;

/// Directions for the relying party.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct RelyingPartyDirection {
    /// Whose token it shows as the actor's when it exchanges tokens.
    exchange_with: Change<Actor>,
}

/// Whose token stands for the actor of an exchange (RFC 8693, §2.1, `actor_token`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Actor {
    /// That of the operator who is signed in.
    #[default]
    Own,
    /// The customer's, a second time: it is not for the audience that may act.
    SubjectTwice,
}

/// How the relying party behaves.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) exchange_with: Actor,
}

impl RelyingParty {
    pub(super) fn direct(&self, direction: RelyingPartyDirection) {
        direction.exchange_with.apply(&mut self.stage().exchange_with);
    }
}
