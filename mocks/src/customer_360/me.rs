//! `GET /v1/me`: the signed-in agent and what the agent may do.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::Customer360;
use super::direction::Permissions;
use crate::desk::{Call, Reply};

pub(super) fn answer(mock: &Customer360, call: &Call) -> Reply {
    let persona = match mock.caller(call) {
        Ok(persona) => persona,
        Err(refusal) => return refusal,
    };
    let mut data = json!({
        "id": persona.user_id,
        "sso_id": persona.sso_id,
        "name": persona.name,
        "email": persona.email,
        "company_sso_id": persona.company_sso_id,
        "locale": persona.locale,
        "permissions": permissions(mock, &persona.permissions),
    });
    if data["permissions"].is_null()
        && mock.stage().permissions == Permissions::None
        && let Some(object) = data.as_object_mut()
    {
        object.remove("permissions");
    }
    Reply::json(StatusCode::OK, &json!({"data": data}))
}

/// The permissions as the front ends get them: by group, each by name.
fn permissions(mock: &Customer360, held: &[String]) -> Value {
    let stage = mock.stage();
    let key = mock
        .scene
        .switch("permission-key")
        .unwrap_or("customers_ticket_create");
    let mut enabled: Map<String, Value> = held.iter().map(|name| (name.clone(), json!(true))).collect();
    match stage.permissions {
        Permissions::On => {
            enabled.insert(key.to_owned(), json!(true));
        }
        Permissions::Off => {
            enabled.insert(key.to_owned(), json!(false));
        }
        Permissions::Absent => {
            enabled.remove(key);
        }
        Permissions::Empty => return json!({}),
        Permissions::None => return Value::Null,
    }
    for (name, is_enabled) in &stage.grants {
        enabled.insert(name.clone(), json!(is_enabled));
    }
    let list: Vec<Value> = enabled
        .into_iter()
        .map(|(name, is_enabled)| json!({"name": name, "is_enabled": is_enabled}))
        .collect();
    json!({"customer_360": {"permissions": list}})
}
