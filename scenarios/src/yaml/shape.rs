//! What types are called in diagnostics, how they are written, and the rules a type's fields alone cannot say.

use serde::de::Unexpected;

use super::fault::Fault;
use super::node::{Kind, Meaning, Node};

/// What a type is called in a sentence.
pub(super) fn called(name: &'static str) -> &'static str {
    match name {
        "Scenario" => "a scenario",
        "Prelude" => "a prelude",
        "Sabotage" => "a sabotage",
        "Edit" => "an edit",
        "Area" => "a requirement list",
        "Requirement" => "a requirement",
        "Tolerance" => "a tolerance",
        "Step" => "a step",
        "Expectation" => "an expectation",
        "Probe" => "a probe",
        "Locator" => "a locator",
        "UsePrelude" => "`use`",
        "OpenTab" => "`open-tab`",
        "Fill" => "`fill`",
        "MemberOfMessage" => "`member-of`",
        "Select" => "`select`",
        "Press" => "`press`",
        "PostMessage" => "`post-message`",
        "Sender" => "the sender of a message",
        "Typed" => "what is typed",
        "NavigateFrame" => "`navigate-frame`",
        "PageRequest" => "`request`",
        "Observe" => "`observe`",
        "Count" => "a count",
        "MessageExpectation" => "a `message` expectation",
        "RequestExpectation" => "a `request` expectation",
        "RequestAgent" => "who sends a request",
        "TelemetryExpectation" => "a `telemetry` expectation",
        "PageExpectation" => "a `page` expectation",
        "FrameExpectation" => "a `frame` expectation",
        "StorageExpectation" => "a `storage` expectation",
        "CookieExpectation" => "a `cookie` expectation",
        "MockExpectation" => "a `mock` expectation",
        "ErrorExpectation" => "an `error` expectation",
        "CspExpectation" => "a `csp-violation` expectation",
        "MotionExpectation" => "a `motion` expectation",
        "RefusedExpectation" => "a `refused` expectation",
        "AccessibilityExpectation" => "an `accessibility` expectation",
        "CookiePolicy" => "a cookie policy",
        "Engine" => "an engine",
        "Owner" => "an owner",
        other => other,
    }
}

/// What the variants of a type are called.
pub(super) fn kind_of(owner: &str) -> &str {
    owner
        .strip_prefix("an ")
        .or_else(|| owner.strip_prefix("a "))
        .unwrap_or(owner)
}

/// How a type is written.
pub(super) fn example(name: &'static str) -> Option<&'static str> {
    Some(match name {
        "Locator" => "an element is written `{ role: button, name: Add ticket }`",
        "Step" => "a step is written `- click: { role: button, name: Add ticket }`",
        "Expectation" => "an expectation is written `- request: { to: crm-api, count: 1 }`",
        "Fill" => "write `fill: { field: { label: Email }, with: text }`",
        "Select" => "write `select: { field: { label: Stage }, option: text }`",
        "PostMessage" => "write `post-message: { from: attacker, to: customer-detail, data: { … } }`",
        "PageExpectation" => "write `page: { element: { role: alert }, text: { $contains: … } }`",
        "StorageExpectation" => "write `storage: { origin: crm, key: name, value: text }`",
        "CookieExpectation" => "write `cookie: { origin: crm, name: _crm_session, count: 1 }`",
        "MockExpectation" => "write `mock: { name: crm-embed, fact: ticket-created, count: 1 }`",
        "OpenTab" => "write `open-tab: { name: second, url: /customers }`",
        "Tolerance" => "write `{ rule: ALL-02, containing: text, because: reason }`",
        "FrameExpectation" => "write `frame: { of: crm, count: 1 }`",
        "NavigateFrame" => "write `navigate-frame: { frame: crm, to: attacker }`",
        "Requirement" => "write `{ id: TCKT-08, title: what must hold, owner: front-end }`",
        _ => return None,
    })
}

/// How a step or expectation is written that cannot stand alone.
pub(super) fn written(name: &str) -> Option<String> {
    Some(match name {
        "click" | "double-click" | "focus" | "hover" | "scroll-to" => {
            format!("write `- {name}: {{ role: button, name: Add ticket }}`")
        }
        _ => format!("write `- {name}: …`"),
    })
}

/// A hint for a name that stands in the wrong place.
pub(super) fn misplaced(name: &str) -> Option<&'static str> {
    const EXPECTATIONS: [&str; 10] = [
        "message",
        "telemetry",
        "page",
        "url",
        "title",
        "frame",
        "storage",
        "cookie",
        "csp-violation",
        "refused",
    ];
    const STEPS: [&str; 6] = ["click", "fill", "press", "open", "post-message", "advance"];
    if EXPECTATIONS.contains(&name) {
        Some("that is an expectation: it stands in the list under `expect:`")
    } else if STEPS.contains(&name) {
        Some("that is a step: it stands in the list under `steps:`")
    } else {
        None
    }
}

/// serde's name of what it expects, as a person would say it.
pub(super) fn wanted(expected: &str) -> String {
    match expected {
        "a string" | "str" => "a text".to_owned(),
        "a sequence" => "a list (`[…]`, or items that begin with `- `)".to_owned(),
        "a map" => "fields (`name: value`)".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" | "i64" => "a whole number".to_owned(),
        other => other.to_owned(),
    }
}

/// What was found instead.
pub(super) fn found(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(flag) => format!("`{flag}`"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Str(text) => format!("the text {}", crate::suggest::quoted(text)),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "fields".to_owned(),
        other => other.to_string(),
    }
}

/// Checks what the fields of a type cannot say each for itself.
pub(super) fn check(name: &str, node: &Node) -> Result<(), Fault> {
    match name {
        "Locator" => locator(node),
        "Pattern" => pattern(node),
        _ => Ok(()),
    }
}

/// Exactly one way of naming an element is given; a name only with a role.
fn locator(node: &Node) -> Result<(), Fault> {
    const WAYS: [&str; 7] = crate::model::LOCATOR_WAYS;
    let given: Vec<&str> = WAYS.into_iter().filter(|way| node.get(way).is_some()).collect();
    match given.as_slice() {
        [] => {
            return Err(Fault::new("this locator does not say which element")
                .help(Some(format!("give one of `{}`", WAYS.join("`, `")))));
        }
        [_] => {}
        [first, second, ..] => {
            let place = &node.reach(&[second]);
            return Err(Fault::new(format!(
                "a locator names its element in one way; here are `{first}` and `{second}`"
            ))
            .help(Some(if given.contains(&"role") && given.contains(&"text") {
                "an element of a role is named by `name`; what lies around it goes into `within`"
            } else {
                "keep one; what lies around the element goes into `within`"
            }))
            .at(place));
        }
    }
    if let Some((key, _)) = node.entry("name")
        && given != ["role"]
    {
        return Err(
            Fault::new("`name` is the accessible name of an element of a `role`; no role is given")
                .help(Some("add the role, or use `text`"))
                .at(&key.place),
        );
    }
    if let Some((key, _)) = node.entry("partly")
        && !(node.get("name").is_some() || ["text", "label", "placeholder"].contains(&given[0]))
    {
        return Err(
            Fault::new("`partly` needs a `name`, `text`, `label` or `placeholder` to go by").at(&key.place),
        );
    }
    Ok(())
}

/// The tests a pattern may use.
const TESTS: [&str; 11] = [
    "$any",
    "$absent",
    "$contains",
    "$starts-with",
    "$ends-with",
    "$matches",
    "$not",
    "$one-of",
    "$type",
    "$at-least",
    "$at-most",
];

/// The tests of a pattern exist, stand alone and have what they need.
fn pattern(node: &Node) -> Result<(), Fault> {
    match &node.kind {
        Kind::Scalar(_) => Ok(()),
        Kind::List(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| pattern(item).map_err(|fault| fault.under(index))),
        Kind::Map(entries) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                let name = key.text().unwrap_or_default();
                if name.starts_with('$') && !name.starts_with("${") {
                    if entries.len() > 1 {
                        return Err(Fault::new(format!("`{name}` is a test, which stands alone"))
                            .help(Some("what must hold besides goes into an expectation of its own"))
                            .at(&key.place)
                            .under(index));
                    }
                    return test(name, key, value).map_err(|fault| fault.under(index));
                }
                pattern(value).map_err(|fault| fault.under(index))?;
            }
            Ok(())
        }
    }
}

fn test(name: &str, key: &Node, value: &Node) -> Result<(), Fault> {
    let open = matches!(&value.kind, Kind::Scalar(scalar) if scalar.open);
    let is = |wanted: &str, holds: bool| {
        if holds || open {
            Ok(())
        } else {
            Err(Fault::new(format!("`{name}` wants {wanted}, not {}", value.described())).at(&value.place))
        }
    };
    let meaning = match &value.kind {
        Kind::Scalar(scalar) => Some(&scalar.meaning),
        _ => None,
    };
    match name {
        "$any" | "$absent" => is("`true`", meaning == Some(&Meaning::Flag(true))),
        "$contains" if meaning.is_none() => pattern(value),
        "$starts-with" | "$ends-with" | "$contains" => {
            is("a text", meaning.is_some_and(|it| *it != Meaning::Nothing))
        }
        "$matches" => {
            is(
                "a regular expression",
                meaning.is_some_and(|it| *it != Meaning::Nothing),
            )?;
            let text = value.text().unwrap_or_default();
            if open {
                return Ok(());
            }
            match regex::Regex::new(text) {
                Ok(_) => Ok(()),
                Err(regex::Error::CompiledTooBig(_)) => {
                    Err(Fault::new("this regular expression is too large").at(&value.place))
                }
                Err(error) => {
                    let reason = error.to_string();
                    let reason = reason
                        .lines()
                        .last()
                        .unwrap_or_default()
                        .trim_start_matches("error: ");
                    Err(Fault::new(format!("this is no regular expression: {reason}")).at(&value.place))
                }
            }
        }
        "$not" => pattern(value),
        "$one-of" => {
            is("a list of patterns", matches!(value.kind, Kind::List(_)))?;
            if value.items().is_empty() && !open {
                return Err(Fault::new(format!("`{name}` has nothing to choose from")).at(&value.place));
            }
            pattern(value)
        }
        "$type" => {
            const TYPES: [&str; 6] = ["string", "number", "boolean", "object", "array", "null"];
            let text = value.text().unwrap_or_default();
            if open || TYPES.contains(&text) {
                return Ok(());
            }
            Err(Fault::new(format!("there is no type `{text}`"))
                .help(crate::suggest::advice(text, TYPES))
                .at(&value.place))
        }
        "$at-least" | "$at-most" => is("a number", matches!(meaning, Some(Meaning::Number(_)))),
        _ => Err(Fault::new(format!("there is no test `{name}` for patterns"))
            .help(crate::suggest::advice(name, TESTS))
            .at(&key.place)),
    }
}
