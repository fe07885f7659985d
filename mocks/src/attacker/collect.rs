//! `POST /collect`: what an attacker's page caught.

use std::sync::PoisonError;

use http::StatusCode;
use serde_json::{Value, json};

use super::Attacker;
use crate::desk::{Call, Mock, Reply};

pub(super) fn answer(attacker: &Attacker, call: &Call) -> Reply {
    *attacker.caught.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    let told = call.json().unwrap_or_else(|| {
        // Not from our page's script: kept as it came.
        Value::String(String::from_utf8_lossy(&call.body).into_owned())
    });
    attacker.scene.tell(
        Attacker::NAME,
        call.exchange,
        "message-caught",
        json!({"host": call.host, "page": told["page"], "origin": told["origin"], "data": told["data"]}),
    );
    Reply::empty(StatusCode::NO_CONTENT).with("access-control-allow-origin", "*")
}
