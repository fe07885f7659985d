//! What the browser holds besides elements: address, frames, storage, cookies, accessibility.

use scenarios::model::{CookieExpectation, Count, FrameExpectation, Pattern, StorageExpectation};
use serde_json::Value;

use super::{redacted, shorten, with_words};
use crate::allowed::like;
use crate::{Context, Outcome, pattern};

pub(super) fn text(what: &str, wanted: &Pattern, seen: &Value, context: &Context) -> Outcome {
    let pattern = context.redacted(&wanted.0);
    let holds = pattern::matches(&pattern, Some(seen));
    Outcome::new(
        holds,
        format!("{what} {pattern}"),
        format!("{what} {seen}"),
        Vec::new(),
    )
}

pub(super) fn frames(wanted: &FrameExpectation, seen: &Value, context: &Context) -> Outcome {
    let name = &context.redacted_text(&wanted.of.0);
    let origin = context.origin(name);
    let field = |frame: &Value, field: &str| frame[field].as_str().unwrap_or_default().to_owned();
    let all = seen["frames"].as_array().cloned().unwrap_or_default();
    let found = all
        .iter()
        .filter(|frame| {
            if name.contains('*') {
                like(name, &field(frame, "url"))
            } else {
                field(frame, "origin") == origin
            }
        })
        .count() as u64;
    let count = wanted.count.unwrap_or(Count::SOME);
    let urls: Vec<String> = all.iter().map(|frame| field(frame, "url")).collect();
    Outcome::new(
        count.admits(found),
        format!("{count} frame of {name}"),
        format!(
            "{found}; all frames: {}",
            if urls.is_empty() {
                "none".to_owned()
            } else {
                shorten(&urls.join(", "))
            }
        ),
        Vec::new(),
    )
}

pub(super) fn storage(wanted: &StorageExpectation, seen: &Value, context: &Context) -> Outcome {
    let pattern = context.redacted(&wanted.value.0);
    let actual = Some(&seen["value"]).filter(|value| !value.is_null());
    let place = format!(
        "{}Storage.{} of {}",
        wanted.area.as_deref().unwrap_or("local"),
        wanted.key,
        wanted.origin.0
    );
    Outcome::new(
        pattern::matches(&pattern, actual),
        format!("{place} {pattern}"),
        actual.map_or_else(|| "absent".to_owned(), |actual| shorten(&actual.to_string())),
        Vec::new(),
    )
}

pub(super) fn cookie(wanted: &CookieExpectation, seen: &Value, context: &Context) -> Outcome {
    let with = redacted(wanted.with.as_ref(), context);
    let all = seen["cookies"].as_array().cloned().unwrap_or_default();
    let of_name: Vec<&Value> = all
        .iter()
        .filter(|cookie| cookie["name"] == wanted.name.as_str())
        .collect();
    let found = of_name
        .iter()
        .filter(|cookie| {
            with.as_ref()
                .is_none_or(|with| pattern::matches(with, Some(cookie)))
        })
        .count() as u64;
    let count = wanted.count.unwrap_or(Count::SOME);
    let others: Vec<String> = of_name.iter().map(ToString::to_string).collect();
    Outcome::new(
        count.admits(found),
        format!(
            "{count} cookie {} of {}{}",
            wanted.name,
            wanted.origin,
            with_words(with.as_ref())
        ),
        if others.is_empty() {
            "no cookie of that name".to_owned()
        } else {
            shorten(&others.join("; "))
        },
        Vec::new(),
    )
}

pub(super) fn accessibility(seen: &Value) -> Outcome {
    let violations = seen["violations"].as_array().cloned().unwrap_or_default();
    let words: Vec<String> = violations
        .iter()
        .map(|violation| {
            format!(
                "{} ({}): {}",
                violation["id"].as_str().unwrap_or_default(),
                violation["help"].as_str().unwrap_or_default(),
                violation["nodes"]
            )
        })
        .collect();
    Outcome::new(
        violations.is_empty(),
        "no violation of WCAG 2.2 A and AA".to_owned(),
        if words.is_empty() {
            "none".to_owned()
        } else {
            shorten(&words.join("; "))
        },
        Vec::new(),
    )
}
