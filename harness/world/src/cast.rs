//! Who plays the mocks of a world.

use std::sync::Arc;

use axum::Router;
use mocks::{Ensemble, Setting};
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
}

/// The project's mocks, for a plan.
pub(crate) fn ensemble(plan: &Plan) -> Result<Arc<dyn Cast>, Error> {
    let setting = Setting {
        recorder: plan.recorder.clone(),
        origins: plan
            .layout
            .origins
            .iter()
            .map(|(name, origin)| (name.clone(), origin.origin.clone()))
            .collect(),
        switches: plan.switches.clone(),
        seed: plan.seed,
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
}
