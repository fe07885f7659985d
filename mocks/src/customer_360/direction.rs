//! How a scenario directs customer-360.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Customer360;
use crate::direction::Change;

/// Directions for customer-360.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct Customer360Direction {
    /// Feature flags by code; those not named stay as they are.
    flags: BTreeMap<String, Flag>,
    /// Whether the flag service answers.
    flag_service: Change<FlagService>,
    /// The permission that gates the create-ticket entry (the switch `permission-key` says which).
    permissions: Change<Permissions>,
    /// Other permissions by name, on or off; those not named stay as the persona has them.
    grants: BTreeMap<String, bool>,
    /// Changes to customers by id: each member replaces the record's (`null` shows as null); `null` instead
    /// of members makes the customer unknown.
    customers: BTreeMap<String, Option<Map<String, Value>>>,
}

/// A feature flag, on when both `enabled` and `enabled_for_company` are true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Flag {
    /// Enabled, and for this company.
    On,
    /// Neither.
    Off,
    /// Enabled, but not for this company.
    EnabledOnly,
    /// For this company, but not enabled.
    CompanyOnly,
    /// Not in the list at all.
    Absent,
}

/// Whether the flag service answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FlagService {
    /// It does.
    #[default]
    Ok,
    /// It answers 500.
    Failing,
}

/// The permission that gates the entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Permissions {
    /// There and enabled.
    #[default]
    On,
    /// There and disabled.
    Off,
    /// Not in the list.
    Absent,
    /// There is no group of permissions: `permissions: {}`.
    Empty,
    /// There are no permissions at all: the member is missing.
    None,
}

/// How customer-360 behaves.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) flags: BTreeMap<String, Flag>,
    pub(super) flag_service: FlagService,
    pub(super) permissions: Permissions,
    pub(super) grants: BTreeMap<String, bool>,
    pub(super) customers: BTreeMap<String, Option<Map<String, Value>>>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            flags: [
                ("cdp_create_ticket_embed", Flag::On),
                ("unify_ticket_omnichannel_view", Flag::On),
            ]
            .map(|(code, flag)| (code.to_owned(), flag))
            .into(),
            flag_service: FlagService::Ok,
            permissions: Permissions::On,
            grants: BTreeMap::new(),
            customers: BTreeMap::new(),
        }
    }
}

impl Customer360 {
    pub(super) fn direct(&self, direction: Customer360Direction) {
        for (id, changes) in &direction.customers {
            for (name, value) in changes.iter().flatten() {
                if let Value::String(value) = value {
                    self.scene.watch_personal(name, value);
                }
            }
            self.stage().customers.insert(id.clone(), changes.clone());
        }
        let mut stage = self.stage();
        stage.flags.extend(direction.flags);
        direction.flag_service.apply(&mut stage.flag_service);
        direction.permissions.apply(&mut stage.permissions);
        stage.grants.extend(direction.grants);
    }
}
