//! Reading what the SDK sends: a form with the events as JSON, plain or in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::desk::{Call, object};

/// The form of a request. A beacon carries the same text under `text/plain`.
pub(super) fn form(call: &Call) -> Result<Value, String> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_bytes(&call.body).map_err(|error| format!("the body is no form: {error}"))?;
    Ok(object(pairs))
}

/// The events of a request as an array, and how they were written.
pub(super) fn events(call: &Call) -> Result<(Value, &'static str), String> {
    let form = form(call)?;
    let data = form["data"].as_str().ok_or("the form has no `data`")?;
    let (events, format) = match serde_json::from_str::<Value>(data) {
        Ok(events) if events.is_array() || events.is_object() => (events, "json"),
        _ => {
            // A `+` of base64 that was not percent-encoded has become a space.
            let plain = STANDARD
                .decode(data.replace(' ', "+"))
                .map_err(|error| format!("`data` is neither JSON nor base64: {error}"))?;
            let events = serde_json::from_slice(&plain)
                .map_err(|error| format!("`data` is base64 of something that is no JSON: {error}"))?;
            (events, "base64")
        }
    };
    match events {
        Value::Array(_) => Ok((events, format)),
        single @ Value::Object(_) => Ok((Value::Array(vec![single]), format)),
        _ => Err("`data` holds no events".to_owned()),
    }
}
