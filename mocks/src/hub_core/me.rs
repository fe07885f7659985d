//! `GET /v1/me`: the signed-in agent.

use http::StatusCode;
use serde_json::{Value, json};

use super::HubCore;
use super::direction::SsoId;
use crate::desk::{Call, Reply};

pub(super) fn answer(mock: &HubCore, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let mut data = json!({
        "id": persona.user_id,
        "name": persona.name,
        "email": persona.email,
        "locale": persona.locale,
    });
    let sso_id = match mock.stage().sso_id {
        SsoId::Normal => Some(json!(persona.sso_id)),
        SsoId::Empty => Some(json!("")),
        SsoId::Null => Some(Value::Null),
        SsoId::Absent => None,
    };
    if let Some(sso_id) = sso_id {
        data["sso_id"] = sso_id;
    }
    Reply::json(StatusCode::OK, &json!({"data": data}))
}
