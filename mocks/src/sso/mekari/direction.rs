//! How a scenario directs the session frame.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Account;
use super::stage::{Manner, State};
use crate::direction::Change;

/// Directions for the frame of the shared web session.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct SessionDirection {
    /// How the frame speaks.
    manner: Change<Manner>,
    /// The state that the frame says, whatever the session is; `null` for the true one.
    says: Change<Option<State>>,
    /// The name under which a `late` frame is held; `session-state` by default.
    hold: Change<String>,
    /// Names of what to let go that is held. What was let go once stays so: hold anew under another name.
    release: Vec<String>,
    /// Products, by client, that the frame's policy (`frame-ancestors`) leaves out.
    not_framed_by: Change<Vec<String>>,
}

impl Account {
    pub(in crate::sso) fn direct(&self, direction: SessionDirection) {
        {
            let mut stage = self.stage();
            direction.manner.apply(&mut stage.manner);
            direction.says.apply(&mut stage.says);
            direction.hold.apply(&mut stage.hold);
            direction.not_framed_by.apply(&mut stage.not_framed_by);
        }
        self.released.release(&direction.release);
    }
}
