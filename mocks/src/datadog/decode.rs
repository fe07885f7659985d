//! Reading what the SDK sends: JSON texts, one a line, deflated where the query says so.

use std::borrow::Cow;

use serde_json::Value;

use crate::desk::Call;

/// The events of a request as an array.
pub(super) fn events(call: &Call) -> Result<Value, String> {
    let bytes: Cow<'_, [u8]> = match call.query("dd-evp-encoding") {
        None => call.plain_body()?,
        // A worker deflates as a stream, and a page that goes away may cut it off.
        Some("deflate") => journal::canary::inflate_by_magic(&call.body)
            .map(Cow::Owned)
            .ok_or("the body is not deflated (zlib), though `dd-evp-encoding` says so")?,
        Some(other) => return Err(format!("the encoding `{other}` is not known")),
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| "the body is no text")?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .enumerate()
        .map(|(index, line)| {
            serde_json::from_str::<Value>(line)
                .map_err(|error| format!("line {} is no JSON: {error}", index + 1))
        })
        .collect::<Result<Vec<Value>, String>>()
        .map(Value::Array)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn a_batch_is_read_back_deflated_or_not(texts in proptest::collection::vec(".{0,60}", 1..6)) {
            let lines: Vec<Value> = texts.iter().map(|text| json!({"type": "action", "text": text})).collect();
            let body = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(body.as_bytes()).unwrap();
            let deflated = encoder.finish().unwrap();
            let plain = Call::with_body(&[], &[], body.into_bytes());
            prop_assert_eq!(events(&plain), Ok(json!(lines)));
            let packed = Call::with_body(&[("dd-evp-encoding", "deflate")], &[], deflated);
            prop_assert_eq!(events(&packed), Ok(json!(lines)));
        }

        #[test]
        fn nothing_that_comes_makes_it_fall_over(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = events(&Call::with_body(&[], &[], body.clone()));
            let _ = events(&Call::with_body(&[("dd-evp-encoding", "deflate")], &[], body));
        }
    }

    #[test]
    fn an_unknown_encoding_is_refused() {
        let call = Call::with_body(&[("dd-evp-encoding", "rot13")], &[], "{}");
        assert_eq!(events(&call), Err("the encoding `rot13` is not known".to_owned()));
    }
}
