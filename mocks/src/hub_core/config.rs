//! `GET /client_configs/config`: which features this client has. Asked before anybody has signed in.

use http::StatusCode;
use serde_json::{Value, json};

use super::HubCore;
use super::direction::Flag;
use crate::desk::{Call, Reply};

pub(super) fn answer(mock: &HubCore, _call: &Call) -> Reply {
    let mut data = json!({"seamless_auth_first": false});
    let flag = match mock.stage().flag {
        Flag::On => Some(json!(true)),
        Flag::Off => Some(json!(false)),
        Flag::Text => Some(json!("true")),
        Flag::Number => Some(json!(1)),
        Flag::Null => Some(Value::Null),
        Flag::Absent => None,
    };
    if let Some(flag) = flag {
        data["centralized_session"] = flag;
    }
    Reply::json(StatusCode::OK, &json!({"data": data}))
}
