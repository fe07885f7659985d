//! Events that arrived at telemetry intakes.

use std::collections::BTreeSet;
use std::ops::Deref;

use journal::fact::Telemetry;
use journal::{Event, Fact, Sequence};
use scenarios::model::{Count, TelemetryExpectation};
use serde_json::Value;

use super::{closest, counted, redacted, with_words};
use crate::{Context, Outcome, pattern};

pub(super) fn check<E: Deref<Target = Event>>(
    wanted: &TelemetryExpectation,
    events: &[E],
    context: &Context,
) -> Outcome {
    let with = redacted(wanted.with.as_ref(), context);
    let name = redacted(wanted.name.as_ref(), context);
    let mut evidence = Vec::new();
    let mut near = Vec::new();
    for (seq, arrived) in arrivals(events) {
        let same =
            arrived.sink == wanted.sink && wanted.event.as_ref().is_none_or(|event| *event == arrived.event);
        if !same {
            continue;
        }
        let fits = name
            .as_ref()
            .is_none_or(|name| pattern::matches(name, Some(&arrived.name.clone().into())))
            && with
                .as_ref()
                .is_none_or(|with| pattern::matches(with, Some(&arrived.properties)))
            && wanted
                .without
                .iter()
                .all(|member| !has(&arrived.properties, member));
        if fits {
            evidence.push(seq);
        } else {
            near.push((seq, format!("`{}` with {}", arrived.name, arrived.properties)));
        }
    }
    let what = format!(
        "{} event {}{}{}{}",
        wanted.sink,
        wanted.event.as_deref().unwrap_or("of any name"),
        name.map(|name| format!(" named {name}")).unwrap_or_default(),
        with_words(with.as_ref()),
        if wanted.without.is_empty() {
            String::new()
        } else {
            format!(" without {}", wanted.without.join(", "))
        }
    );
    let mut outcome = counted(wanted.count.unwrap_or(Count::SOME), &what, evidence, || {
        closest(&near)
    });
    outcome.deferred = true;
    outcome
}

/// Whether properties have a member with a value; null is none.
///
/// A name without a dot is looked for at every depth, because an intake decides where an SDK's user finds a property
/// again: Mixpanel's lie at the top, those of a RUM action below `context`. A check at the top alone could never fail
/// there. A path with dots leads from the top to one place.
fn has(properties: &Value, member: &str) -> bool {
    if member.contains('.') {
        is_at(properties, member)
    } else {
        is_anywhere(properties, member)
    }
}

/// Whether a path leads to a value. Each item of a list is a way on, and a name may have dots of its own.
fn is_at(value: &Value, path: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_at(item, path)),
        Value::Object(members) => members.iter().any(|(name, value)| {
            path.strip_prefix(name.as_str())
                .is_some_and(|rest| match rest.strip_prefix('.') {
                    Some(rest) => is_at(value, rest),
                    None => rest.is_empty() && !value.is_null(),
                })
        }),
        _ => false,
    }
}

/// Whether a member of this name has a value at any depth.
fn is_anywhere(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_anywhere(item, name)),
        Value::Object(members) => members
            .iter()
            .any(|(known, value)| (known == name && !value.is_null()) || is_anywhere(value, name)),
        _ => false,
    }
}

/// Every event that arrived, once for each identity however often it was sent.
pub(crate) fn arrivals<E: Deref<Target = Event>>(events: &[E]) -> Vec<(Sequence, &Telemetry)> {
    let mut known = BTreeSet::new();
    events
        .iter()
        .filter_map(|event| match &event.fact {
            Fact::Telemetry(arrived) => Some((event.seq, arrived)),
            _ => None,
        })
        .filter(|(_, arrived)| known.insert((arrived.sink.as_str(), arrived.identity.as_str())))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_looked_for_at_every_depth() {
        let properties = json!({
            "type": "action", "context": { "sso_id": "s1", "gone": null, "tried": [{ "origin": "crm" }] }
        });
        for (member, there) in [
            ("type", true),
            ("sso_id", true),
            ("origin", true),
            ("gone", false),
            ("email", false),
            // A value is no member.
            ("action", false),
            // Neither is a part of a name.
            ("sso", false),
        ] {
            assert_eq!(has(&properties, member), there, "{member}");
        }
    }

    #[test]
    fn a_path_leads_to_one_place() {
        let properties = json!({
            "view": { "name": "customers", "gone": null },
            "context": { "tried": [{ "origin": "crm" }, { "times": 2 }], "app.version": { "major": 1 } }
        });
        for (path, there) in [
            ("view.name", true),
            ("context.tried", true),
            ("context.tried.origin", true),
            ("context.tried.times", true),
            ("context.app.version", true),
            ("context.app.version.major", true),
            ("context.name", false),
            ("name.view", false),
            ("tried.origin", false),
            ("view.gone", false),
            ("view.name.first", false),
            ("view.", false),
            (".view", false),
        ] {
            assert_eq!(has(&properties, path), there, "{path}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_member() {
        for properties in [json!(null), json!("sso_id"), json!(["sso_id", 1])] {
            assert!(!has(&properties, "sso_id"), "{properties}");
        }
    }
}
