//! `GET /v1/feature_flags`: which features are on.

use http::StatusCode;
use serde_json::{Value, json};

use super::Customer360;
use super::direction::{Flag, FlagService};
use crate::desk::{Call, Reply};

pub(super) fn answer(mock: &Customer360, call: &Call) -> Reply {
    if let Err(refusal) = mock.caller(call) {
        return refusal;
    }
    let stage = mock.stage();
    if stage.flag_service == FlagService::Failing {
        return Reply::error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "flags_unavailable",
            "the flag service fails",
        );
    }
    let flags: Vec<Value> = stage
        .flags
        .iter()
        .filter_map(|(code, flag)| match flag {
            Flag::Absent => None,
            Flag::On => Some(json!({"code": code, "enabled": true, "enabled_for_company": true})),
            Flag::Off => Some(json!({"code": code, "enabled": false, "enabled_for_company": false})),
            Flag::EnabledOnly => Some(json!({"code": code, "enabled": true, "enabled_for_company": false})),
            Flag::CompanyOnly => Some(json!({"code": code, "enabled": false, "enabled_for_company": true})),
        })
        .collect();
    Reply::json(StatusCode::OK, &json!({"data": flags}))
}
