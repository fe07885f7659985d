//! Reading what the SDK sends: a form with the events as JSON, plain or in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::desk::{Call, object};

/// The form of a request. A beacon carries the same text under `text/plain`.
pub(super) fn form(call: &Call) -> Result<Value, String> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&call.plain_body()?)
        .map_err(|error| format!("the body is no form: {error}"))?;
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn decoded(headers: &[(&str, &str)], body: Vec<u8>) -> Result<(Value, &'static str), String> {
        events(&Call::with_body(&[], headers, body))
    }

    proptest! {
        #[test]
        fn what_the_sdk_writes_is_read_back(name in ".{0,40}", value in ".{0,80}", number in any::<i32>()) {
            let batch = json!([{"event": name, "properties": {"text": value, "number": number}}]);
            let plain = batch.to_string();
            let base64 = STANDARD.encode(&plain);
            for (data, format) in [(plain, "json"), (base64, "base64")] {
                let body = serde_urlencoded::to_string([("data", data)]).unwrap();
                prop_assert_eq!(decoded(&[], body.into_bytes()), Ok((batch.clone(), format)));
            }
        }

        #[test]
        fn nothing_that_comes_makes_it_fall_over(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decoded(&[], body);
        }
    }

    #[test]
    fn one_event_alone_is_a_batch_of_one() {
        let body = serde_urlencoded::to_string([("data", r#"{"event":"x"}"#)]).unwrap();
        assert_eq!(
            decoded(&[], body.into_bytes()),
            Ok((json!([{"event": "x"}]), "json"))
        );
    }

    #[test]
    fn a_compressed_form_is_read() {
        let body = serde_urlencoded::to_string([("data", r#"[{"event":"x"}]"#)]).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body.as_bytes()).unwrap();
        let read = decoded(&[("content-encoding", "gzip")], encoder.finish().unwrap());
        assert_eq!(read, Ok((json!([{"event": "x"}]), "json")));
        assert!(decoded(&[("content-encoding", "gzip")], b"data=[]".to_vec()).is_err());
    }
}
