//! What the environment tells the build of the relying party.

use serde_json::{Value, json};

use crate::scene::Scene;

pub(super) fn config(scene: &Scene) -> Value {
    json!({
        "ISSUER": format!("{}/application/o/dezky-portal/", scene.origin("auth")),
        "CLIENT_ID": "dezky-portal-spa",
        "REQUEST_TIMEOUT_S": 10,
    })
}
