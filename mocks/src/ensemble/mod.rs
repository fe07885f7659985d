//! All mocks of one world.

mod player;
mod roles;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use serde_json::Value;

use crate::direction::{SchemaOfStage, read};
use crate::errand::Courier;
use crate::runtime_config::{RuntimeConfig, RuntimeConfigDirection};
use crate::scene::Scene;
use crate::sso::{BackChannel, Sso};
use crate::{DirectionError, Error, Setting};

pub(crate) use player::{Backstage, Player};

use player::{AnyPlayer, Role};
use roles::{NAMES, ROLES};

/// The mocks of one world, sharing its journal, clock and records: those that find every origin there that
/// they refer to.
///
/// Dropping it forgets everything the mocks knew; no task and no socket belongs to it.
pub struct Ensemble {
    players: BTreeMap<&'static str, Box<dyn AnyPlayer>>,
    /// For each mock that is not here, the first origin that it misses.
    missing: BTreeMap<&'static str, &'static str>,
    runtime_config: RuntimeConfig,
    sso: Arc<Sso>,
}

impl std::fmt::Debug for Ensemble {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The mocks hold secrets, which stay out of logs.
        let names: Vec<&str> = self.players.keys().copied().collect();
        write!(formatter, "Ensemble({})", names.join(", "))
    }
}

impl Ensemble {
    /// Sets the mocks up and has the recorder watch for the world's personal data and passwords.
    ///
    /// The first call in a process also makes the signing key; see [`prepare`].
    ///
    /// # Errors
    /// Fixture data or a contract is malformed.
    pub fn new(setting: Setting) -> Result<Self, Error> {
        let personas = everybody()?;
        let scene = Scene::new(setting)?;
        watch(&scene, &personas);
        let backstage = Backstage::new(scene, personas)?;
        let mut players = BTreeMap::new();
        let mut missing = BTreeMap::new();
        for role in &ROLES {
            match role.missing(&backstage.scene) {
                None => drop(players.insert(role.name, (role.enter)(&backstage)?)),
                Some(origin) => drop(missing.insert(role.name, origin)),
            }
        }
        Ok(Self {
            players,
            missing,
            runtime_config: RuntimeConfig::new(&backstage.scene),
            sso: backstage.sso,
        })
    }

    /// The names of all mocks there are, whatever the world.
    #[must_use]
    pub fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// The router of a mock; nothing for one that is unknown, or misses an origin that it refers to.
    #[must_use]
    pub fn router(&self, mock: &str) -> Option<Router> {
        self.players.get(mock).map(|player| player.router())
    }

    /// What the environment itself answers on a front end's origin, whoever serves the rest of it; nothing
    /// where it answers nothing. The world file lists the paths under `overlays`.
    #[must_use]
    pub fn overlay(&self, origin_name: &str) -> Option<Router> {
        self.runtime_config.router(origin_name)
    }

    /// Tells a mock how to behave, before the world is up or in the middle of a run. Parts of a direction
    /// that are left out stay as they are. `runtime-config` is directed in the same way.
    ///
    /// # Errors
    /// There is no such mock here, or it does not understand the direction. Then nothing is changed.
    pub fn direct(&self, mock: &str, direction: &Value) -> Result<(), DirectionError> {
        if mock == RuntimeConfig::NAME {
            self.runtime_config
                .direct(&read::<RuntimeConfigDirection>(mock, direction)?);
            return Ok(());
        }
        match (self.players.get(mock), self.missing.get(mock)) {
            (Some(player), _) => player.direct(direction),
            (None, Some(origin)) => Err(absent(mock, origin)),
            (None, None) => Err(unknown(mock)),
        }
    }

    /// The JSON Schema of a `stage:` block: an object with a direction for each name.
    #[must_use]
    pub fn directions_schema() -> Value {
        let mut schema = SchemaOfStage::new();
        for role in &ROLES {
            (role.describe)(&mut schema);
        }
        schema.add::<RuntimeConfigDirection>(RuntimeConfig::NAME);
        schema.finish()
    }

    /// Whether a direction would be understood, without a world to give it to.
    ///
    /// # Errors
    /// There is no such mock, or it does not understand the direction.
    pub fn check_direction(mock: &str, direction: &Value) -> Result<(), DirectionError> {
        if mock == RuntimeConfig::NAME {
            return read::<RuntimeConfigDirection>(mock, direction).map(drop);
        }
        (role(mock).ok_or_else(|| unknown(mock))?.check)(direction)
    }

    /// What a mock knows and how it is directed, for people who look at an open world. Null for one that is
    /// not here.
    #[must_use]
    pub fn state(&self, mock: &str) -> Value {
        if mock == RuntimeConfig::NAME {
            return self.runtime_config.summary();
        }
        self.players
            .get(mock)
            .map(|player| player.summary())
            .unwrap_or_default()
    }

    /// What a persona's authenticator app shows now (RFC 6238), on the world's clock. Nothing for a persona
    /// without one. Each code counts once, so the next sign-in needs the next.
    #[must_use]
    pub fn one_time_code(&self, persona: &str) -> Option<String> {
        self.sso.one_time_code(persona)
    }

    /// The `otpauth://` address that puts a persona's secret into an authenticator app. Nothing for a persona without one.
    #[must_use]
    pub fn authenticator(&self, persona: &str) -> Option<String> {
        Some(self.sso.authenticator(persona)?.uri)
    }

    /// The secret of a confidential client, for the server half of an application in the same world. Nothing
    /// for a public client, or one that is not registered here.
    #[must_use]
    pub fn client_secret(&self, client: &str) -> Option<String> {
        self.sso.client(client)?.secret.clone()
    }

    /// Where the single sign-on's logout tokens wait to be brought to relying parties, where no courier was
    /// employed.
    #[must_use]
    pub fn back_channel(&self) -> BackChannel {
        self.sso.back_channel()
    }

    /// Has somebody take the mocks' errands to the servers of the world. To be called once, before the world
    /// is up; without it logout tokens wait in the back channel.
    pub fn employ(&self, courier: Arc<dyn Courier>) {
        self.sso.employ(courier);
    }

    /// Whether a path of a mock exists for the harness only, so that neither the world's rest nor an
    /// expectation of requests should count it.
    #[must_use]
    pub fn is_private(mock: &str, path: &str) -> bool {
        role(mock).is_some_and(|role| role.private.contains(&path))
    }
}

/// All personas there are.
///
/// # Errors
/// A persona's file is malformed.
pub(crate) fn everybody() -> Result<Vec<fixtures::Persona>, Error> {
    let names = fixtures::persona_names()?;
    let personas = names.iter().map(|name| fixtures::persona(name));
    Ok(personas.collect::<Result<Vec<_>, _>>()?)
}

fn role(mock: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name == mock)
}

/// A direction for a mock that this world has not.
fn absent(mock: &str, origin: &str) -> DirectionError {
    DirectionError {
        mock: mock.to_owned(),
        path: String::new(),
        message: format!("this world has not that mock, because it has no origin called `{origin}`"),
        suggestion: None,
    }
}

/// Makes what all worlds of a process share (the signing key) ahead of time, so that the first world comes
/// up as fast as the others.
///
/// # Errors
/// The key could not be made.
pub fn prepare() -> Result<(), Error> {
    crate::sso::prepare()
}

fn unknown(mock: &str) -> DirectionError {
    let known = NAMES.iter().copied().chain([RuntimeConfig::NAME]);
    DirectionError {
        mock: mock.to_owned(),
        path: String::new(),
        message: "there is no such mock to direct".to_owned(),
        suggestion: fixtures::closest(mock, known).map(str::to_owned),
    }
}

/// Watches for what is secret or personal in the fixtures.
fn watch(scene: &Scene, personas: &[fixtures::Persona]) {
    for persona in personas {
        scene.watch_for("password", &persona.password);
        scene.watch_for("sso_id", &persona.sso_id);
        scene.watch_for("agent_email", &persona.email);
    }
    let customers = scene.books().customers().to_vec();
    for customer in &customers {
        scene.watch_personal("name", &customer.name);
        for (member, value) in [("phone", &customer.phone), ("email", &customer.email)] {
            if let Some(value) = value {
                scene.watch_personal(member, value);
            }
        }
    }
}
