//! How a scenario writes a fault, and what is said when it is written wrongly.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Effect, Fault, Nth};
use crate::PathPattern;

const EFFECTS: &str =
    "`status`, `delay`, `hang`, `reset`, `truncate`, `refuse`, `drop-header`, `set-header` or `effect`";

/// Keys that say which requests are met.
const PLACE_KEYS: [&str; 7] = ["name", "origin", "route", "method", "path", "nth", "times"];

/// Keys that say what is done.
const EFFECT_KEYS: [&str; 11] = [
    "effect",
    "status",
    "body",
    "headers",
    "delay",
    "hang",
    "reset",
    "truncate",
    "refuse",
    "drop-header",
    "set-header",
];

/// Every key a fault may have.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Spelling {
    name: Option<String>,
    origin: Option<String>,
    route: Option<String>,
    method: Option<String>,
    path: Option<String>,
    nth: Option<Value>,
    times: Option<Value>,
    #[serde(flatten)]
    effect: EffectSpelling,
}

/// The keys that say what it does.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct EffectSpelling {
    effect: Option<Value>,
    status: Option<Value>,
    body: Option<Value>,
    headers: Option<BTreeMap<String, String>>,
    delay: Option<Value>,
    hang: Option<Value>,
    reset: Option<Value>,
    truncate: Option<Value>,
    refuse: Option<Value>,
    drop_header: Option<String>,
    set_header: Option<BTreeMap<String, String>>,
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        read(value).map_err(serde::de::Error::custom)
    }
}

fn read(value: Value) -> Result<Fault, String> {
    let Value::Object(keys) = &value else {
        return Err("a fault is a mapping, such as `{origin: crm-api, status: 500}`".to_owned());
    };
    check_keys(keys, &[&PLACE_KEYS[..], &EFFECT_KEYS].concat())?;
    let spelling: Spelling = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let (method, path) = place(&spelling)?;
    Ok(Fault {
        name: spelling.name,
        origin: spelling.origin,
        method,
        path,
        nth: spelling.nth.as_ref().map_or(Ok(Nth::Every), nth)?,
        times: spelling
            .times
            .as_ref()
            .map(|value| number(value, "times"))
            .transpose()?,
        effect: spelling.effect.read()?,
    })
}

fn check_keys(keys: &serde_json::Map<String, Value>, known: &[&str]) -> Result<(), String> {
    let Some(unknown) = keys.keys().find(|key| !known.contains(&key.as_str())) else {
        return Ok(());
    };
    let hint = fixtures::closest(unknown, known.iter().copied()).map_or_else(
        || {
            let all: Vec<_> = known.iter().map(|key| format!("`{key}`")).collect();
            format!("there are {}", all.join(", "))
        },
        |meant| format!("did you mean `{meant}`?"),
    );
    Err(format!("a fault has no `{unknown}`; {hint}"))
}

/// Method and path, from `route` or apart.
fn place(spelling: &Spelling) -> Result<(Option<String>, PathPattern), String> {
    route(
        spelling.route.as_deref(),
        spelling.method.as_deref(),
        spelling.path.as_deref(),
    )
}

/// Method and path of a `route`, or of the two keys beside it.
pub(crate) fn route(
    route: Option<&str>,
    method: Option<&str>,
    path: Option<&str>,
) -> Result<(Option<String>, PathPattern), String> {
    let (method, path) = match route.map(str::trim) {
        Some(_) if method.is_some() || path.is_some() => {
            return Err("`route` says method and path already; leave out `method` and `path`".to_owned());
        }
        Some(route) => match route.split_once(char::is_whitespace) {
            Some((method, path)) => (Some(method), Some(path.trim())),
            None => (None, Some(route)),
        },
        None => (method, path),
    };
    let method = method
        .filter(|method| *method != "*")
        .map(str::to_ascii_uppercase);
    if let Some(method) = &method
        && (method.is_empty()
            || !method
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'-'))
    {
        return Err(format!(
            "`{method}` is no method; write `POST /path`, or a path alone for every method"
        ));
    }
    let path = path.map_or_else(|| Ok(PathPattern::any()), str::parse)?;
    Ok((method, path))
}

fn nth(value: &Value) -> Result<Nth, String> {
    let wrong = || format!("`nth: {value}` is no count; write `2`, `2-4` or `3-`, counted from 1");
    let (first, last) = match value {
        Value::String(text) => match text.split_once('-') {
            Some((first, "")) => (first.trim().parse().map_err(|_| wrong())?, None),
            Some((first, last)) => (
                first.trim().parse().map_err(|_| wrong())?,
                Some(last.trim().parse().map_err(|_| wrong())?),
            ),
            None => text
                .trim()
                .parse()
                .map(|only| (only, Some(only)))
                .map_err(|_| wrong())?,
        },
        other => other.as_u64().map(|only| (only, Some(only))).ok_or_else(wrong)?,
    };
    if first == 0 || last.is_some_and(|last| last < first) {
        return Err(wrong());
    }
    Ok(Nth::Range { first, last })
}

fn number(value: &Value, key: &str) -> Result<u64, String> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .ok_or_else(|| format!("`{key}: {value}` is no whole number"))
}

impl EffectSpelling {
    fn read(self) -> Result<Effect, String> {
        let answer_only = self.body.is_some() || self.headers.is_some();
        let mut effects = Vec::new();
        if let Some(effect) = self.effect {
            effects.push(worded(effect)?);
        }
        if let Some(code) = &self.status {
            effects.push(Effect::Status {
                code: status(code)?,
                body: None,
                headers: Vec::new(),
            });
        }
        if let Some(value) = &self.delay {
            effects.push(Effect::Delay(duration(value)?));
        }
        for (value, key, effect) in [
            (&self.hang, "hang", Effect::Hang),
            (&self.reset, "reset", Effect::Reset),
            (&self.refuse, "refuse", Effect::Refuse),
        ] {
            match value {
                None => {}
                Some(Value::Bool(true)) => effects.push(effect),
                Some(Value::String(text)) if text == "true" => effects.push(effect),
                Some(other) => return Err(format!("`{key}: {other}` says nothing; write `{key}: true`")),
            }
        }
        if let Some(value) = &self.truncate {
            let after = value.get("after").unwrap_or(value);
            effects.push(Effect::Truncate {
                after: number(after, "truncate")?,
            });
        }
        if let Some(name) = self.drop_header {
            effects.push(Effect::DropHeader(name));
        }
        for (name, value) in self.set_header.into_iter().flatten() {
            effects.push(Effect::SetHeader { name, value });
        }
        let mut effects = effects.into_iter();
        let (Some(mut effect), None) = (effects.next(), effects.next()) else {
            return Err(format!(
                "a fault does one thing: give one of {EFFECTS}; for more, write more faults"
            ));
        };
        match &mut effect {
            Effect::Status { body, headers, .. } => fill_answer(body, headers, self.body, self.headers),
            _ if answer_only => return Err("`body` and `headers` go with `status` only".to_owned()),
            _ => {}
        }
        check_headers(&effect)?;
        Ok(effect)
    }
}

fn fill_answer(
    body: &mut Option<String>,
    headers: &mut Vec<(String, String)>,
    given_body: Option<Value>,
    given_headers: Option<BTreeMap<String, String>>,
) {
    if let Some(given) = given_headers {
        *headers = given.into_iter().collect();
    }
    match given_body {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => *body = Some(text),
        Some(json) => {
            *body = Some(json.to_string());
            if !headers
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            {
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
            }
        }
    }
}

/// `hang`, `status 500`, `delay 2s`, or a mapping with the keys that stand beside it otherwise.
fn worded(value: Value) -> Result<Effect, String> {
    match value {
        Value::String(text) => {
            let (kind, argument) = text
                .trim()
                .split_once(char::is_whitespace)
                .unwrap_or((text.trim(), "true"));
            let argument = Value::String(argument.trim().to_owned());
            if ![
                "status",
                "delay",
                "hang",
                "reset",
                "truncate",
                "refuse",
                "drop-header",
            ]
            .contains(&kind)
            {
                return Err(format!(
                    "`effect: {text}` is none; write `hang`, `status 500`, `delay 2s`, …"
                ));
            }
            worded(Value::Object([(kind.to_owned(), argument)].into_iter().collect()))
        }
        Value::Object(keys) => {
            check_keys(&keys, &EFFECT_KEYS)?;
            let value = Value::Object(keys);
            let inner: EffectSpelling = serde_json::from_value(value).map_err(|error| error.to_string())?;
            if inner.effect.is_some() {
                return Err("`effect` cannot hold an `effect`".to_owned());
            }
            inner.read()
        }
        other => Err(format!(
            "`effect: {other}` is none; write `hang`, `status 500`, `{{status: 500}}`, …"
        )),
    }
}

fn status(value: &Value) -> Result<u16, String> {
    let code = number(value, "status")?;
    u16::try_from(code)
        .ok()
        .filter(|code| (200..600).contains(code))
        .ok_or_else(|| format!("`status: {code}` is no final status code; write one from 200 to 599"))
}

pub(crate) fn duration(value: &Value) -> Result<Duration, String> {
    let wrong = || format!("`delay: {value}` is no duration; write milliseconds, `300ms`, `2s` or `2m`");
    let text = match value {
        Value::Number(number) => return number.as_u64().map(Duration::from_millis).ok_or_else(wrong),
        Value::String(text) => text.trim(),
        _ => return Err(wrong()),
    };
    let (digits, unit) = text.split_at(
        text.find(|byte: char| !byte.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    match unit.trim() {
        "" | "ms" => Ok(Duration::from_millis(count)),
        "s" => Ok(Duration::from_secs(count)),
        "m" => Ok(Duration::from_secs(count.saturating_mul(60))),
        _ => Err(wrong()),
    }
}

fn check_headers(effect: &Effect) -> Result<(), String> {
    let check = |name: &str, value: &str| {
        http::HeaderName::try_from(name).map_err(|_| format!("`{name}` is no header name"))?;
        http::HeaderValue::try_from(value).map_err(|_| format!("`{value}` is no header value"))?;
        Ok(())
    };
    match effect {
        Effect::Status { headers, .. } => headers.iter().try_for_each(|(name, value)| check(name, value)),
        Effect::DropHeader(name) => check(name, ""),
        Effect::SetHeader { name, value } => check(name, value),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(value: Value) -> Result<Fault, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn the_wished_form_is_read() {
        let read = fault(json!({
            "origin": "crm-api", "route": "POST /v1/leads/*/tickets/*", "nth": 1, "status": 500
        }))
        .unwrap();
        assert_eq!(read.origin.as_deref(), Some("crm-api"));
        assert_eq!(read.method.as_deref(), Some("POST"));
        assert_eq!(read.path.to_string(), "/v1/leads/*/tickets/*");
        assert_eq!(
            read.nth,
            Nth::Range {
                first: 1,
                last: Some(1)
            }
        );
        assert_eq!(
            read.effect,
            Effect::Status {
                code: 500,
                body: None,
                headers: Vec::new()
            }
        );
    }

    #[test]
    fn every_effect_can_be_written() {
        let status = |code| Effect::Status {
            code,
            body: None,
            headers: Vec::new(),
        };
        for (value, effect) in [
            (json!({"status": "503"}), status(503)),
            (json!({"delay": 300}), Effect::Delay(Duration::from_millis(300))),
            (json!({"delay": "2s"}), Effect::Delay(Duration::from_secs(2))),
            (json!({"hang": true}), Effect::Hang),
            (json!({"reset": true}), Effect::Reset),
            (json!({"refuse": true}), Effect::Refuse),
            (json!({"truncate": 12}), Effect::Truncate { after: 12 }),
            (json!({"truncate": {"after": 12}}), Effect::Truncate { after: 12 }),
            (
                json!({"drop-header": "X-Frame-Options"}),
                Effect::DropHeader("X-Frame-Options".to_owned()),
            ),
            (
                json!({"set-header": {"vary": "*"}}),
                Effect::SetHeader {
                    name: "vary".to_owned(),
                    value: "*".to_owned(),
                },
            ),
            (json!({"effect": "hang"}), Effect::Hang),
            (json!({"effect": "status 404"}), status(404)),
            (
                json!({"effect": "delay 1s"}),
                Effect::Delay(Duration::from_secs(1)),
            ),
            (json!({"effect": {"status": 401}}), status(401)),
        ] {
            assert_eq!(fault(value.clone()).unwrap().effect, effect, "{value}");
        }
        let answer = fault(json!({"status": 422, "body": {"error": "no"}}))
            .unwrap()
            .effect;
        assert_eq!(
            answer,
            Effect::Status {
                code: 422,
                body: Some(r#"{"error":"no"}"#.to_owned()),
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            }
        );
    }

    #[test]
    fn counts_are_read() {
        for (value, nth) in [
            (
                json!(2),
                Nth::Range {
                    first: 2,
                    last: Some(2),
                },
            ),
            (
                json!("2"),
                Nth::Range {
                    first: 2,
                    last: Some(2),
                },
            ),
            (
                json!("2-4"),
                Nth::Range {
                    first: 2,
                    last: Some(4),
                },
            ),
            (json!("3-"), Nth::Range { first: 3, last: None }),
        ] {
            let read = fault(json!({"nth": value, "hang": true})).unwrap();
            assert_eq!(read.nth, nth, "{value}");
        }
        assert!(
            Nth::Range {
                first: 2,
                last: Some(3)
            }
            .meets(3)
        );
        assert!(
            !Nth::Range {
                first: 2,
                last: Some(3)
            }
            .meets(4)
        );
        assert!(!Nth::Range { first: 2, last: None }.meets(1));
    }

    #[test]
    fn mistakes_are_named_with_what_would_be_right() {
        for (value, part) in [
            (json!("hang"), "a fault is a mapping"),
            (json!({"origin": "crm"}), "give one of `status`"),
            (json!({"status": 500, "hang": true}), "a fault does one thing"),
            (json!({"statuss": 500}), "did you mean `status`?"),
            (json!({"status": 99}), "from 200 to 599"),
            (json!({"status": "oops"}), "no whole number"),
            (json!({"hang": false}), "write `hang: true`"),
            (json!({"hang": true, "nth": 0}), "counted from 1"),
            (json!({"hang": true, "nth": "4-2"}), "counted from 1"),
            (
                json!({"hang": true, "route": "GET /x", "method": "GET"}),
                "leave out `method`",
            ),
            (json!({"hang": true, "route": "/x GET"}), "is no method"),
            (json!({"hang": true, "path": "/{x"}), "cannot be read"),
            (json!({"delay": "2h"}), "`300ms`, `2s` or `2m`"),
            (json!({"hang": true, "body": "x"}), "go with `status` only"),
            (json!({"drop-header": "x y"}), "no header name"),
            (json!({"effect": "explode"}), "write `hang`"),
            (json!({"effect": {"hangs": true}}), "did you mean `hang`?"),
        ] {
            let message = fault(value.clone()).unwrap_err();
            assert!(message.contains(part), "{value}: {message}");
        }
    }
}
