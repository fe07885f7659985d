//! How a scenario directs hub-core.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HubCore;
use crate::direction::Change;

/// Directions for hub-core.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct HubCoreDirection {
    /// The flag `centralized_session` of the client's configuration.
    flag: Change<Flag>,
    /// What the agent's profile says of the `sso_id`.
    sso_id: Change<SsoId>,
    /// The company each person was in last, by persona: shown where the front end does not ask for one.
    last_company: BTreeMap<String, String>,
}

/// A flag that should be a boolean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Flag {
    /// `true`.
    #[default]
    On,
    /// `false`.
    Off,
    /// Not in the configuration at all.
    Absent,
    /// The text `"true"`.
    Text,
    /// The number 1.
    Number,
    /// `null`.
    Null,
}

/// What the agent's profile says of the `sso_id`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SsoId {
    /// The agent's own.
    #[default]
    Normal,
    /// An empty text.
    Empty,
    /// `null`.
    Null,
    /// Nothing: the member is missing.
    Absent,
}

/// How hub-core behaves.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) flag: Flag,
    pub(super) sso_id: SsoId,
    pub(super) last_company: BTreeMap<String, String>,
}

impl HubCore {
    pub(super) fn direct(&self, direction: HubCoreDirection) {
        let mut stage = self.stage();
        direction.flag.apply(&mut stage.flag);
        direction.sso_id.apply(&mut stage.sso_id);
        stage.last_company.extend(direction.last_company);
    }
}
