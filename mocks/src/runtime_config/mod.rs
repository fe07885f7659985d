//! The runtime configuration of front ends: what the environment tells each build.
//!
//! A front end's keys are a file of this folder; they follow from the world's origins and switches.

mod customer_detail;
mod hub_chat;
mod relying_party;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::desk::{Call, Contract, Endpoint, Mock, Reply, router};
use crate::scene::Scene;

/// What a front end is told, as it follows from the world.
type Compose = fn(&Scene) -> Value;

/// The front ends that are told something, by the name of their origin.
const FRONT_ENDS: &[(&str, Compose)] = &[
    ("customer-detail", customer_detail::config),
    ("hub-chat", hub_chat::config),
    ("portal", relying_party::config),
];

/// The address of the world's front end; the first one's where a world has several.
pub(crate) fn front_end(scene: &Scene) -> &str {
    let here = FRONT_ENDS.iter().find(|(name, _)| scene.has(name));
    here.map(|(name, _)| scene.origin(name)).unwrap_or_default()
}

/// Answers `/runtime-config.json` on the front ends' origins, whoever serves the rest of them.
pub(crate) struct RuntimeConfig {
    configs: BTreeMap<&'static str, Arc<Config>>,
}

/// Directions for the runtime configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct RuntimeConfigDirection {
    /// Values by key, such as `EMBED_READY_TIMEOUT_MS`. They replace what follows from the world.
    set: Map<String, Value>,
}

impl RuntimeConfig {
    /// Name, as stage directions use it.
    pub(crate) const NAME: &'static str = "runtime-config";

    pub(crate) fn new(scene: &Arc<Scene>) -> Self {
        let here = FRONT_ENDS.iter().filter(|(name, _)| scene.has(name));
        Self {
            configs: here
                .map(|(name, compose)| {
                    let config = Config {
                        scene: Arc::clone(scene),
                        compose: *compose,
                        changes: Mutex::default(),
                    };
                    (*name, Arc::new(config))
                })
                .collect(),
        }
    }

    /// The router of a front end's configuration; nothing for an origin that is told nothing.
    pub(crate) fn router(&self, origin_name: &str) -> Option<Router> {
        let config = self.configs.get(origin_name)?;
        Some(router(config, &Arc::new(Contract::default()), Config::ENDPOINTS))
    }

    pub(crate) fn direct(&self, direction: &RuntimeConfigDirection) {
        for config in self.configs.values() {
            config.change(&direction.set);
        }
    }

    /// The configuration of each front end, as it is served.
    pub(crate) fn summary(&self) -> Value {
        let configs: BTreeMap<_, _> = self
            .configs
            .iter()
            .map(|(name, config)| (*name, config.value()))
            .collect();
        json!({"config": configs})
    }
}

/// The configuration of one front end.
struct Config {
    scene: Arc<Scene>,
    compose: Compose,
    changes: Mutex<Map<String, Value>>,
}

impl Config {
    const ENDPOINTS: &'static [Endpoint<Self>] = &[Endpoint {
        method: Method::GET,
        path: "/runtime-config.json",
        answer: Self::answer,
    }];

    fn answer(&self, _call: &Call) -> Reply {
        Reply::json(StatusCode::OK, &self.value())
    }

    fn value(&self) -> Value {
        let mut config = (self.compose)(&self.scene);
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in changes.iter() {
            config[key] = value.clone();
        }
        config
    }

    fn change(&self, set: &Map<String, Value>) {
        self.changes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(set.clone());
    }
}

impl Mock for Config {
    const NAME: &'static str = RuntimeConfig::NAME;

    fn scene(&self) -> &Scene {
        &self.scene
    }
}
