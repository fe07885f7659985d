//! What the browser holds besides elements: address, frames, storage, cookies, accessibility.

use scenarios::model::{CookieExpectation, Count, FrameExpectation, Pattern, StorageExpectation};
use serde_json::Value;

use super::{fits, shorten, with_words};
use crate::allowed::like;
use crate::{Context, Outcome};

pub(super) fn text(what: &str, wanted: &Pattern, seen: &Value, context: &Context) -> Outcome {
    Outcome::new(
        fits(Some(wanted), Some(seen), context),
        format!("{what} {}", wanted.0),
        format!("{what} {seen}"),
        Vec::new(),
    )
}

pub(super) fn frames(wanted: &FrameExpectation, seen: &Value, context: &Context) -> Outcome {
    let name = &wanted.of.0;
    let origin = context.origin(name);
    let field = |frame: &Value, field: &str| frame[field].as_str().unwrap_or_default().to_owned();
    let all = seen["frames"].as_array().cloned().unwrap_or_default();
    let found = all
        .iter()
        .filter(|frame| {
            if name.contains('*') {
                like(name, &context.revealed_text(&field(frame, "url")))
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
    let actual = Some(&seen["value"]).filter(|value| !value.is_null());
    let place = format!(
        "{}Storage.{} of {}",
        wanted.area.as_deref().unwrap_or("local"),
        wanted.key,
        wanted.origin.0
    );
    Outcome::new(
        fits(Some(&wanted.value), actual, context),
        format!("{place} {}", wanted.value.0),
        actual.map_or_else(|| "absent".to_owned(), |actual| shorten(&actual.to_string())),
        Vec::new(),
    )
}

pub(super) fn cookie(wanted: &CookieExpectation, seen: &Value, context: &Context) -> Outcome {
    let all = seen["cookies"].as_array().cloned().unwrap_or_default();
    let of_name: Vec<&Value> = all
        .iter()
        .filter(|cookie| cookie["name"] == wanted.name.as_str())
        .collect();
    let found = of_name
        .iter()
        .filter(|cookie| fits(wanted.with.as_ref(), Some(cookie), context))
        .count() as u64;
    let count = wanted.count.unwrap_or(Count::SOME);
    let others: Vec<String> = of_name.iter().map(ToString::to_string).collect();
    Outcome::new(
        count.admits(found),
        format!(
            "{count} cookie {} of {}{}",
            wanted.name,
            wanted.origin,
            with_words(wanted.with.as_ref())
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
