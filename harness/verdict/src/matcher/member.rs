//! Members of JSON data, by name or by path.

use serde_json::Value;

/// What a member is worth that is null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Null {
    /// It is there.
    Counts,
    /// It is as good as absent.
    IsNone,
}

impl Null {
    fn admits(self, value: &Value) -> bool {
        self == Self::Counts || !value.is_null()
    }
}

/// Whether data have a member.
///
/// A name without a dot is looked for at every depth: what must not be said must not be said anywhere, and where a
/// property lies is often somebody else's choice (Mixpanel's lie at the top, those of a RUM action below `context`). A
/// check at the top alone could never fail there. A path with dots leads from the top to one place.
pub(super) fn has(data: &Value, member: &str, null: Null) -> bool {
    if member.contains('.') {
        is_at(data, member, null)
    } else {
        is_anywhere(data, member, null)
    }
}

/// Whether a path leads to a member. Each item of a list is a way on, and a name may have dots of its own.
fn is_at(value: &Value, path: &str, null: Null) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_at(item, path, null)),
        Value::Object(members) => members.iter().any(|(name, value)| {
            path.strip_prefix(name.as_str())
                .is_some_and(|rest| match rest.strip_prefix('.') {
                    Some(rest) => is_at(value, rest, null),
                    None => rest.is_empty() && null.admits(value),
                })
        }),
        _ => false,
    }
}

/// Whether there is a member of this name at any depth.
fn is_anywhere(value: &Value, name: &str, null: Null) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| is_anywhere(item, name, null)),
        Value::Object(members) => members
            .iter()
            .any(|(known, value)| (known == name && null.admits(value)) || is_anywhere(value, name, null)),
        _ => false,
    }
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
            assert_eq!(has(&properties, member, Null::IsNone), there, "{member}");
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
            assert_eq!(has(&properties, path, Null::IsNone), there, "{path}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_member() {
        for properties in [json!(null), json!("sso_id"), json!(["sso_id", 1])] {
            assert!(!has(&properties, "sso_id", Null::Counts), "{properties}");
        }
    }

    #[test]
    fn null_counts_where_it_is_to_count() {
        let data = json!({ "customer": { "email": null } });
        for (member, there) in [
            ("email", true),
            ("customer.email", true),
            ("customer.name", false),
        ] {
            assert_eq!(has(&data, member, Null::Counts), there, "{member}");
            assert!(!has(&data, member, Null::IsNone), "{member}");
        }
    }
}
