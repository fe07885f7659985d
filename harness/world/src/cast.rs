//! Who plays the mocks of a world.

use std::sync::Arc;

use axum::Router;
use serde_json::Value;

use crate::Plan;

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
pub(crate) fn ensemble(_plan: &Plan) -> Arc<dyn Cast> {
    Arc::new(Nobody)
}

/// A cast without mocks.
struct Nobody;

impl Cast for Nobody {
    fn router(&self, _: &str) -> Option<Router> {
        None
    }

    fn overlay(&self, _: &str) -> Option<Router> {
        None
    }

    fn direct(&self, mock: &str, _: &Value) -> Result<(), String> {
        Err(format!("there is no mock `{mock}`"))
    }
}
