//! What the ensemble asks of a mock, and how it holds mocks of different types alike.

use std::sync::Arc;

use axum::Router;
use fixtures::Persona;
use serde_json::Value;

use crate::desk::Mock;
use crate::direction::{Direction, SchemaOfStage, read};
use crate::scene::Scene;
use crate::sso::Sso;
use crate::{DirectionError, Error};

/// What there is before the first mock: the scene, its people, and who vouches for them.
pub(crate) struct Backstage {
    pub(crate) scene: Arc<Scene>,
    pub(crate) sso: Arc<Sso>,
}

impl Backstage {
    pub(super) fn new(scene: Scene, personas: Vec<Persona>) -> Result<Self, Error> {
        let scene = Arc::new(scene);
        let sso = Arc::new(Sso::new(&scene, personas)?);
        Ok(Self { scene, sso })
    }
}

/// A mock that can play in a world.
pub(crate) trait Player: Mock + Sized {
    /// How a scenario directs it.
    type Direction: Direction;
    /// Names of the origins it refers to. A world without one of them has not this mock.
    const NEEDS: &'static [&'static str];
    /// Paths that its own pages ask for and that production has not.
    const PRIVATE: &'static [&'static str] = &[];

    /// Sets the mock up.
    ///
    /// # Errors
    /// Its contract or its fixture data is malformed.
    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error>;

    /// Its router.
    ///
    /// # Errors
    /// Its contract is malformed.
    fn routes(this: &Arc<Self>) -> Result<Router, Error>;

    /// Behaves as directed from now on. What the direction leaves out stays.
    fn follow(&self, direction: Self::Direction);

    /// What is going on, for people.
    fn summary(&self) -> Value;
}

/// A player whose type is forgotten.
pub(super) trait AnyPlayer: Send + Sync {
    fn router(&self) -> Router;
    fn direct(&self, direction: &Value) -> Result<(), DirectionError>;
    fn summary(&self) -> Value;
}

struct Entered<P> {
    player: Arc<P>,
    router: Router,
}

impl<P: Player> AnyPlayer for Entered<P> {
    fn router(&self) -> Router {
        self.router.clone()
    }

    fn direct(&self, direction: &Value) -> Result<(), DirectionError> {
        self.player.follow(read::<P::Direction>(P::NAME, direction)?);
        Ok(())
    }

    fn summary(&self) -> Value {
        self.player.summary()
    }
}

/// A mock there could be: what is known of it without a world.
pub(super) struct Role {
    pub(super) name: &'static str,
    pub(super) needs: &'static [&'static str],
    pub(super) private: &'static [&'static str],
    pub(super) enter: fn(&Backstage) -> Result<Box<dyn AnyPlayer>, Error>,
    pub(super) check: fn(&Value) -> Result<(), DirectionError>,
    pub(super) describe: fn(&mut SchemaOfStage),
}

impl Role {
    pub(super) const fn of<P: Player>() -> Self {
        Self {
            name: P::NAME,
            needs: P::NEEDS,
            private: P::PRIVATE,
            enter: |backstage| {
                let player = P::enter(backstage)?;
                let router = P::routes(&player)?;
                Ok(Box::new(Entered { player, router }))
            },
            check: |direction| read::<P::Direction>(P::NAME, direction).map(drop),
            describe: |schema| schema.add::<P::Direction>(P::NAME),
        }
    }

    /// The first origin it refers to that a scene has not.
    pub(super) fn missing(&self, scene: &Scene) -> Option<&'static str> {
        self.needs.iter().find(|name| !scene.has(name)).copied()
    }
}
