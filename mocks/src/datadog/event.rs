//! One RUM event as the journal tells it.

use journal::fact::Telemetry;
use serde_json::Value;

use crate::telemetry::text;

/// The fact of an event. A view is sent again and again with a higher `_dd.document_version`: each version
/// is an event of its own.
pub(super) fn fact(event: &Value, transport: &str) -> Telemetry {
    let kind = text(event, "/type");
    let (name, id) = match kind {
        "action" => (text(event, "/action/target/name"), text(event, "/action/id")),
        "error" => (text(event, "/error/message"), text(event, "/error/id")),
        "resource" => (text(event, "/resource/url"), text(event, "/resource/id")),
        "long_task" => (text(event, "/long_task/entry_type"), text(event, "/long_task/id")),
        "vital" => (text(event, "/vital/name"), text(event, "/vital/id")),
        "view" | "view_update" => (view_name(event), text(event, "/view/id")),
        _ => (text(event, "/telemetry/message"), ""),
    };
    let version = event.pointer("/_dd/document_version").and_then(Value::as_u64);
    let identity = match (id, version) {
        ("", _) => String::new(),
        (id, Some(version)) => format!("{kind}:{id}:{version}"),
        (id, None) => format!("{kind}:{id}"),
    };
    Telemetry {
        sink: "datadog".to_owned(),
        event: kind.to_owned(),
        name: name.to_owned(),
        properties: event.clone(),
        identity,
        transport: transport.to_owned(),
    }
}

fn view_name(event: &Value) -> &str {
    match text(event, "/view/name") {
        "" => text(event, "/view/url"),
        name => name,
    }
}
