//! Cookies as the browser keeps them.

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A cookie with its attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Cookie {
    /// Name.
    pub name: String,
    /// Value; text only where it is UTF-8, else base64.
    pub value: String,
    /// Host it belongs to; with a leading dot where the `Domain` attribute was given.
    pub domain: String,
    /// `Path`.
    pub path: String,
    /// `Secure`.
    pub secure: bool,
    /// `HttpOnly`.
    pub http_only: bool,
    /// `SameSite` as the browser applies it.
    pub same_site: SameSite,
    /// Seconds since the epoch; none for a session cookie.
    pub expires: Option<u64>,
    /// Origin or site whose partition it lies in (`Partitioned`); none for an unpartitioned one.
    pub partition: Option<String>,
}

/// The `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SameSite {
    /// Never sent across sites.
    Strict,
    /// Sent on top-level navigation only.
    Lax,
    /// Sent everywhere.
    None,
    /// None was given: the browser's own default.
    Default,
}

impl Cookie {
    /// A cookie as BiDi gives it (WebDriver BiDi, `network.Cookie`), with the fields of the vendors.
    pub(crate) fn read(value: &Value) -> Self {
        let text = |name: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let flag = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or_default();
        let bytes = value.get("value");
        let inner = bytes
            .and_then(|bytes| bytes.get("value"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let is_base64 = bytes
            .and_then(|bytes| bytes.get("type"))
            .is_some_and(|kind| kind == "base64");
        let plain = is_base64
            .then(|| base64::engine::general_purpose::STANDARD.decode(inner).ok())
            .flatten()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        Self {
            name: text("name"),
            value: plain.unwrap_or_else(|| inner.to_owned()),
            domain: text("domain"),
            path: text("path"),
            secure: flag("secure"),
            http_only: flag("httpOnly"),
            same_site: match text("sameSite").as_str() {
                "strict" => SameSite::Strict,
                "lax" => SameSite::Lax,
                "none" => SameSite::None,
                _ => SameSite::Default,
            },
            expires: value.get("expiry").and_then(Value::as_u64),
            partition: partition(value),
        }
    }
}

/// The partition as each engine's vendor fields give it.
fn partition(value: &Value) -> Option<String> {
    let key = ["goog:partitionKey", "moz:partitionKey"]
        .iter()
        .find_map(|name| value.get(*name))?;
    match key {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        other => other
            .get("topLevelSite")
            .and_then(Value::as_str)
            .map(str::to_owned),
    }
}
