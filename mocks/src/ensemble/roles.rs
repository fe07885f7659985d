//! The mocks there are, one row each.

use std::sync::Arc;

use axum::Router;
use serde_json::Value;

use super::player::{Backstage, Player, Role};
use crate::Error;
use crate::attacker::Attacker;
use crate::crm_api::CrmApi;
use crate::crm_embed::CrmEmbed;
use crate::customer_360::Customer360;
use crate::datadog::Datadog;
use crate::hub_core::HubCore;
use crate::mekari_api::MekariApi;
use crate::mixpanel::Mixpanel;
use crate::relying_party::RelyingParty;
use crate::sso::{SESSION_STAGE_PATH, Sso, SsoDirection};

/// How many mocks there are.
const COUNT: usize = 10;

/// The mocks, in the order they are listed for people.
pub(super) static ROLES: [Role; COUNT] = [
    Role::of::<Sso>(),
    Role::of::<RelyingParty>(),
    Role::of::<CrmEmbed>(),
    Role::of::<CrmApi>(),
    Role::of::<Customer360>(),
    Role::of::<HubCore>(),
    Role::of::<MekariApi>(),
    Role::of::<Mixpanel>(),
    Role::of::<Datadog>(),
    Role::of::<Attacker>(),
];

/// Their names, in the same order.
pub(super) static NAMES: [&str; COUNT] = {
    let mut names = [""; COUNT];
    let mut index = 0;
    while index < COUNT {
        names[index] = ROLES[index].name;
        index += 1;
    }
    names
};

/// The provider is there before everybody else, because the others ask it about their callers.
impl Player for Sso {
    type Direction = SsoDirection;
    /// It has the providers whose origins are there: `fixtures/sso/providers.yaml`.
    const NEEDS: &'static [&'static str] = &[];
    const PRIVATE: &'static [&'static str] = &[SESSION_STAGE_PATH];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::clone(&backstage.sso))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        crate::sso::router(this)
    }

    fn follow(&self, direction: SsoDirection) {
        self.direct(direction);
    }

    fn summary(&self) -> Value {
        Self::summary(self)
    }
}
