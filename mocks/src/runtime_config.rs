//! The runtime configuration of customer-detail: what the environment tells the build.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Method, StatusCode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::desk::{Call, Endpoint, Mock, Reply};
use crate::scene::Scene;

/// Answers `/runtime-config.json` on the front end's origin, whoever serves the rest of it.
pub(crate) struct RuntimeConfig {
    scene: Arc<Scene>,
    changes: Mutex<Map<String, Value>>,
}

/// Directions for the runtime configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct RuntimeConfigDirection {
    /// Values by key, such as `EMBED_READY_TIMEOUT_MS`. They replace what follows from the world.
    set: Map<String, Value>,
}

impl RuntimeConfig {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[Endpoint {
        method: Method::GET,
        path: "/runtime-config.json",
        answer: Self::answer,
    }];

    pub(crate) fn new(scene: &Arc<Scene>) -> Self {
        Self {
            scene: Arc::clone(scene),
            changes: Mutex::default(),
        }
    }

    pub(crate) fn direct(&self, direction: RuntimeConfigDirection) {
        self.changes().extend(direction.set);
    }

    fn answer(&self, _call: &Call) -> Reply {
        Reply::json(StatusCode::OK, &self.summary())
    }

    /// The configuration as it is served.
    pub(crate) fn summary(&self) -> Value {
        let scene = &self.scene;
        let init_type = scene.switch("init-type").filter(|value| *value != "absent");
        let mut config = json!({
            "CUSTOMER_360_URL": scene.origin("c360"),
            "CUSTOMER_360_CRM_URL": scene.origin("crm-api"),
            "CRM_V3_EMBED_URL": scene.origin("crm"),
            "SSO_URL": scene.origin("sso"),
            "SSO_CLIENT_ID": "customer-detail",
            "TICKET_CREATE_PERMISSION": scene.switch("permission-key").unwrap_or("customers_ticket_create"),
            "TICKET_FLAG_LAYERED": scene.is("layered-flag", "yes"),
            "EMBED_INIT_TYPE": init_type,
            "TELEMETRY_NAMES": scene.switch("telemetry-names").unwrap_or("label"),
            "SPOOF_REPORT": !scene.is("spoof-report", "silent"),
            "CREATE_ERROR_KEEPS_FORM": !scene.is("create-error", "form-unmounted"),
            "EMBED_READY_TIMEOUT_MS": 10_000,
            "EMBED_MAX_HEIGHT": 1200,
            "DATADOG": {
                "applicationId": "6d3a3c1e-58a0-4f4e-9c1b-7f7d0a4b2c11",
                "clientToken": "pub2b7c9e41d05f4a6c8e13",
                "site": "datadoghq.com",
                "service": "customer-detail",
            },
            "MIXPANEL": {"token": "3f1c0a9b7e5d4c2f8a6b", "apiHost": scene.origin("mixpanel")},
        });
        for (key, value) in self.changes().iter() {
            config[key] = value.clone();
        }
        config
    }

    fn changes(&self) -> MutexGuard<'_, Map<String, Value>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mock for RuntimeConfig {
    const NAME: &'static str = "runtime-config";

    fn scene(&self) -> &Scene {
        &self.scene
    }
}
