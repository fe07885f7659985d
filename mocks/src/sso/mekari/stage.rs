//! How the session frame behaves, and how its page learns of it.
//!
//! The page asks `GET /session/stage.json`; with `?wait=NAME` the answer comes once `NAME` was released. The
//! path is the mock's own: a real account service has nothing like it, and it counts neither for the contract
//! nor for the world's rest.

use std::sync::Arc;

use axum::routing::MethodRouter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::Sso;
use crate::released::stage_endpoint;

/// The path of the frame's stage directions.
pub(crate) const PATH: &str = "/session/stage.json";

/// The point at which a late frame is held, unless it is given another name.
const HOLD: &str = "session-state";

/// How the frame speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Manner {
    /// As it should.
    #[default]
    Normal,
    /// It says that it is ready, and then nothing.
    Silent,
    /// It says how the session is only when told: `release`.
    Late,
    /// It says how the session is twice each time.
    Twice,
    /// It says nothing at all, not even that it is ready.
    NoReady,
    /// It speaks another version of the contract.
    WrongVersion,
}

/// A state of the session, as the frame says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// The user that the product named is signed in.
    LoggedIn,
    /// Nobody is.
    LoggedOut,
    /// Somebody else is.
    SwitchUser,
    /// The account service cannot tell.
    ServerDown,
}

/// How the session frame behaves.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stage {
    pub(super) manner: Manner,
    pub(super) says: Option<State>,
    pub(super) hold: String,
    pub(super) not_framed_by: Vec<String>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            manner: Manner::default(),
            says: None,
            hold: HOLD.to_owned(),
            not_framed_by: Vec::new(),
        }
    }
}

impl Stage {
    /// What concerns the page.
    fn for_page(&self) -> Value {
        json!({"manner": self.manner, "says": self.says, "hold": self.hold})
    }
}

/// `GET /session/stage.json`, by a handler that may wait.
pub(super) fn endpoint(sso: &Arc<Sso>) -> MethodRouter {
    stage_endpoint(
        sso,
        |sso| &sso.account.released,
        |sso| sso.account.stage().for_page(),
    )
}
