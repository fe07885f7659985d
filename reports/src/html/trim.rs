//! Facts cut to a size that a report can hold; the whole of them stays in `events.jsonl`.

use journal::{Event, Fact};
use serde_json::Value;

/// No event takes more than this, whatever it holds: an array of a million numbers has no long string to cut.
const LARGEST_EVENT: usize = 128 * 1024;

/// The fact as JSON, with every text cut at `limit` bytes and the source text of static files left out.
pub(super) fn fact(event: &Event, limit: usize) -> Value {
    let mut value = serde_json::to_value(&event.fact).unwrap_or(Value::Null);
    if let Fact::Response(response) = &event.fact
        && response.body.text.is_some()
        && response.body.media_type.as_deref().is_some_and(is_static)
        && let Some(body) = value.get_mut("body").and_then(Value::as_object_mut)
    {
        body.remove("text");
        body.insert(
            "note".to_owned(),
            "static file: its text is in events.jsonl only".into(),
        );
    }
    texts(&mut value, limit);
    let size = value.to_string().len();
    if size > LARGEST_EVENT.max(limit.saturating_mul(4)) {
        return serde_json::json!({
            "kind": event.fact.kind(),
            "left_out": format!("{size} bytes; see line {} of events.jsonl", event.seq),
        });
    }
    value
}

/// Cuts every string in a value, keys aside.
pub(super) fn texts(value: &mut Value, limit: usize) {
    match value {
        Value::String(text) => {
            if let Some(cut) = cut(text, limit) {
                *text = cut;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| texts(item, limit)),
        Value::Object(fields) => fields.values_mut().for_each(|item| texts(item, limit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text cut to a limit, with a remark on what is missing; none where it is short enough.
pub(super) fn cut(text: &str, limit: usize) -> Option<String> {
    if text.len() <= limit {
        return None;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Some(format!(
        "{} … ({} more bytes in events.jsonl)",
        &text[..end],
        text.len() - end
    ))
}

/// Whether a media type is that of code, style, an image or a font, whose text tells little about a run.
pub(super) fn is_static(media_type: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence.starts_with("image/")
        || essence.starts_with("font/")
        || essence.starts_with("audio/")
        || essence.starts_with("video/")
        || matches!(
            essence.as_str(),
            "text/css"
                | "text/javascript"
                | "application/javascript"
                | "application/x-javascript"
                | "application/wasm"
        )
}
