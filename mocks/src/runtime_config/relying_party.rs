//! What the environment tells the build of the relying party.

use serde_json::{Value, json};

use crate::scene::Scene;

pub(super) fn config(scene: &Scene) -> Value {
    json!({
        "ISSUER": format!("{}/application/o/dezky-portal/", scene.origin("auth")),
        "CLIENT_ID": "dezky-portal-spa",
        // Empty where the world has nobody to ask for support.
        "SUPPORT_URL": scene.origin("operator"),
        "REQUEST_TIMEOUT_S": 10,
    })
}
