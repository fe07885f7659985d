//! Stubs: further origins that a scenario declares itself, with canned answers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::PathPattern;
use crate::fault::{duration, route};

/// An origin with canned answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stub {
    /// The origin: `https://maps.example`.
    pub origin: String,
    /// Its routes; the first that matches answers. Anything else is answered 404.
    pub routes: Vec<StubRoute>,
}

/// A canned answer.
///
/// Deserialized from `{route: "GET /v1/geo", status: 200, json: {…}, headers: {…}, delay: 200ms}`; `body`
/// instead of `json` gives a text, and `method` and `path` may stand apart.
#[derive(Clone, Debug, PartialEq)]
pub struct StubRoute {
    /// Method it answers, upper case; every method when absent.
    pub method: Option<String>,
    /// Paths it answers.
    pub path: PathPattern,
    /// Status code.
    pub status: u16,
    /// Header fields.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// How long it takes.
    pub delay: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Spelling {
    route: Option<String>,
    method: Option<String>,
    path: Option<String>,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    json: Option<Value>,
    delay: Option<Value>,
}

impl<'de> Deserialize<'de> for StubRoute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spelling::deserialize(deserializer)?
            .read()
            .map_err(serde::de::Error::custom)
    }
}

impl Spelling {
    fn read(mut self) -> Result<StubRoute, String> {
        let (method, path) = route(
            self.route.as_deref(),
            self.method.as_deref(),
            self.path.as_deref(),
        )?;
        let status = self.status.unwrap_or(200);
        if !(200..600).contains(&status) {
            return Err(format!(
                "`status: {status}` is no final status code; write one from 200 to 599"
            ));
        }
        for (name, value) in &self.headers {
            http::HeaderName::try_from(name.as_str()).map_err(|_| format!("`{name}` is no header name"))?;
            http::HeaderValue::try_from(value.as_str())
                .map_err(|_| format!("`{value}` is no header value"))?;
        }
        let body = match (self.body, self.json) {
            (Some(_), Some(_)) => return Err("give `body` or `json`, not both".to_owned()),
            (Some(text), None) => text,
            (None, Some(json)) => {
                if !self
                    .headers
                    .keys()
                    .any(|name| name.eq_ignore_ascii_case("content-type"))
                {
                    self.headers
                        .insert("content-type".to_owned(), "application/json".to_owned());
                }
                json.to_string()
            }
            (None, None) => String::new(),
        };
        Ok(StubRoute {
            method,
            path,
            status,
            headers: self.headers,
            body,
            delay: self.delay.as_ref().map_or(Ok(Duration::ZERO), duration)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_stub_is_read_from_what_a_scenario_writes() {
        let stub: Stub = serde_json::from_value(json!({
            "origin": "https://maps.example",
            "routes": [{"route": "GET /v1/geo/*", "json": {"lat": 1}, "delay": "20ms"}, {"path": "/", "body": "hi"}],
        }))
        .unwrap();
        assert_eq!(stub.routes[0].method.as_deref(), Some("GET"));
        assert_eq!(stub.routes[0].headers["content-type"], "application/json");
        assert_eq!(stub.routes[0].delay, Duration::from_millis(20));
        assert_eq!((stub.routes[1].status, stub.routes[1].body.as_str()), (200, "hi"));
    }

    #[test]
    fn mistakes_in_a_stub_are_named() {
        for (route, part) in [
            (json!({"body": "x", "json": 1}), "not both"),
            (json!({"status": 101}), "from 200 to 599"),
            (json!({"headers": {"a b": "c"}}), "no header name"),
            (json!({"statos": 200}), "unknown field `statos`"),
        ] {
            let error = serde_json::from_value::<StubRoute>(route)
                .unwrap_err()
                .to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
