//! What the environment tells the build of hub-chat.

use serde_json::{Value, json};

use crate::scene::Scene;

pub(super) fn config(scene: &Scene) -> Value {
    json!({
        "SSO_URL": scene.origin("sso"),
        "SSO_CLIENT_ID": "hub-chat",
        "HUB_CORE_URL": scene.origin("hub-core"),
        "MEKARI_API_URL": scene.origin("mekari-api"),
        "SESSION_GRACE": scene.is("grace", "on"),
        "SESSION_SDK_TIMEOUT_MS": 10_000,
        "SESSION_REFRESH_MS": 300_000,
        "SESSION_RECHECK_MS": 60_000,
        "CURRENT_COMPANY": scene.switch("current-company").unwrap_or("server"),
        "ACTION_NAMES": scene.switch("action-names").unwrap_or("default"),
        "DATADOG": {
            "applicationId": "0b9f3f6a-2f6d-4f0c-8a55-91c1d7e4a3b7",
            "clientToken": "pub7d1e5a90c3b84f26a1d8",
            "site": "datadoghq.com",
            "service": "hub-chat",
        },
    })
}
