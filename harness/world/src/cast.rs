//! Who plays the mocks of a world.

use std::sync::Arc;

use axum::Router;
use mocks::{Courier, Ensemble, Setting};
use serde_json::Value;

use crate::{Error, Plan};

/// The mocks of one world, sharing their state.
///
/// [`World::boot`](crate::World::boot) takes the project's own; tests and embedders may bring another.
pub trait Cast: Send + Sync + 'static {
    /// The router of a mock; none where there is no such mock.
    fn router(&self, mock: &str) -> Option<Router>;

    /// What answers the overlay paths of an origin, by the origin's name.
    fn overlay(&self, origin: &str) -> Option<Router>;

    /// Tells a mock to behave in another way.
    ///
    /// # Errors
    /// There is no such mock, or it does not understand the direction: the text says what would be right.
    fn direct(&self, mock: &str, direction: &Value) -> Result<(), String>;

    /// Whether a path of a mock is a channel between the mock and its own pages that production has not.
    ///
    /// A request to it is not journalled and not met by faults. One that is not answered at once waits for
    /// a direction, and keeps no world from being quiet.
    fn is_private(&self, _mock: &str, _path: &str) -> bool {
        false
    }

    /// What a persona's authenticator app shows now; nothing for a persona without one.
    fn one_time_code(&self, _persona: &str) -> Option<String> {
        None
    }

    /// The `otpauth://` address for a persona's authenticator app; nothing for a persona without one.
    fn authenticator(&self, _persona: &str) -> Option<String> {
        None
    }

    /// Hands the mocks whoever takes their errands to other servers of the world: before it is up, and once.
    fn employ(&self, _courier: Arc<dyn Courier>) {}

    /// What a mock knows and how it is directed, for people; null where it tells nothing.
    fn state(&self, _mock: &str) -> Value {
        Value::Null
    }
}

impl Cast for Ensemble {
    fn router(&self, mock: &str) -> Option<Router> {
        Self::router(self, mock)
    }

    fn overlay(&self, origin: &str) -> Option<Router> {
        Self::overlay(self, origin)
    }

    fn direct(&self, mock: &str, direction: &Value) -> Result<(), String> {
        Self::direct(self, mock, direction).map_err(|error| error.to_string())
    }

    fn is_private(&self, mock: &str, path: &str) -> bool {
        Self::is_private(mock, path)
    }

    fn one_time_code(&self, persona: &str) -> Option<String> {
        Self::one_time_code(self, persona)
    }

    fn authenticator(&self, persona: &str) -> Option<String> {
        Self::authenticator(self, persona)
    }

    fn employ(&self, courier: Arc<dyn Courier>) {
        Self::employ(self, courier);
    }

    fn state(&self, mock: &str) -> Value {
        Self::state(self, mock)
    }
}

/// The project's mocks, for a plan.
pub(crate) fn ensemble(plan: &Plan) -> Result<Arc<dyn Cast>, Error> {
    let origins = plan.layout.origins.iter();
    let setting = Setting {
        recorder: plan.recorder.clone(),
        origins: origins
            .map(|(name, origin)| (name.clone(), origin.origin.clone()))
            .collect(),
        switches: plan.switches.clone(),
        seed: Some(plan.seed),
    };
    Ok(Arc::new(Ensemble::new(setting)?))
}

/// Tells whether a mock would take a direction, without a world.
///
/// # Errors
/// There is no such mock, or it does not understand the direction: the text says what would be right.
pub fn check_direction(mock: &str, direction: &Value) -> Result<(), Error> {
    Ensemble::check_direction(mock, direction).map_err(|error| Error::Direction {
        mock: mock.to_owned(),
        reason: error.to_string(),
    })
}

/// Makes what all worlds of this process share ahead of time (the mocks' signing key), so that the first
/// one boots as fast as the others.
///
/// # Errors
/// It could not be made.
pub fn prepare() -> Result<(), Error> {
    Ok(mocks::prepare()?)
}
