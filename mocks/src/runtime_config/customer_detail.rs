//! What the environment tells the build of customer-detail.

use serde_json::{Value, json};

use crate::scene::Scene;

pub(super) fn config(scene: &Scene) -> Value {
    let init_type = scene.switch("init-type").filter(|value| *value != "absent");
    json!({
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
    })
}
