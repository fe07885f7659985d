//! Reading what the SDK sends: JSON texts, one a line, deflated where the query says so.

use std::borrow::Cow;

use serde_json::Value;

use crate::desk::Call;

/// The events of a request as an array.
pub(super) fn events(call: &Call) -> Result<Value, String> {
    let bytes: Cow<'_, [u8]> = match call.query("dd-evp-encoding") {
        None => Cow::Borrowed(&call.body),
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
