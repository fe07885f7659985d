//! Patterns: what a value must be like.

use regex::Regex;
use serde_json::{Map, Value};

/// Whether a value (or its absence) is as a pattern says.
///
/// A plain value must be equal, an object is contained member by member, an array is equal item by item,
/// and an object whose only key begins with `$` is a test. A number and a text that reads the same are
/// equal, because headers, queries and form fields know texts only.
#[must_use]
pub fn matches(pattern: &Value, actual: Option<&Value>) -> bool {
    match pattern {
        Value::Object(members) => match test(members) {
            Some((name, argument)) => passes(name, argument, actual),
            None => actual.and_then(Value::as_object).is_some_and(|actual| {
                members
                    .iter()
                    .all(|(name, pattern)| matches(pattern, actual.get(name)))
            }),
        },
        Value::Array(patterns) => actual.and_then(Value::as_array).is_some_and(|items| {
            items.len() == patterns.len()
                && patterns
                    .iter()
                    .zip(items)
                    .all(|(pattern, item)| matches(pattern, Some(item)))
        }),
        plain => actual.is_some_and(|actual| equal(plain, actual)),
    }
}

fn test(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = members.iter().next()?;
    (members.len() == 1 && name.starts_with('$')).then_some((name.as_str(), argument))
}

fn passes(name: &str, argument: &Value, actual: Option<&Value>) -> bool {
    let within = |test: fn(&str, &str) -> bool| {
        actual
            .and_then(text_of)
            .is_some_and(|actual| text_of(argument).is_some_and(|wanted| test(&actual, &wanted)))
    };
    match name {
        "$any" => actual.is_some() == argument.as_bool().unwrap_or(true),
        "$absent" => actual.is_none_or(Value::is_null) == argument.as_bool().unwrap_or(true),
        "$contains" => match actual {
            Some(Value::Array(items)) => items.iter().any(|item| matches(argument, Some(item))),
            _ => within(|actual, wanted| actual.contains(wanted)),
        },
        "$starts-with" => within(|actual, wanted| actual.starts_with(wanted)),
        "$ends-with" => within(|actual, wanted| actual.ends_with(wanted)),
        "$matches" => within(|actual, wanted| Regex::new(wanted).is_ok_and(|regex| regex.is_match(actual))),
        "$not" => !matches(argument, actual),
        "$one-of" => argument
            .as_array()
            .is_some_and(|all| all.iter().any(|one| matches(one, actual))),
        "$type" => actual.is_some_and(|actual| argument.as_str() == Some(type_of(actual))),
        "$at-least" => compare(argument, actual).is_some_and(std::cmp::Ordering::is_ge),
        "$at-most" => compare(argument, actual).is_some_and(std::cmp::Ordering::is_le),
        // The loader refuses unknown tests; one that gets here matches nothing.
        _ => false,
    }
}

fn equal(pattern: &Value, actual: &Value) -> bool {
    pattern == actual
        || match (scalar(pattern), scalar(actual)) {
            (Some(pattern), Some(actual)) => pattern == actual,
            _ => false,
        }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        // Whole numbers as they are: beyond 2^53 several have the same floating-point number.
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        Value::Number(number) => number.as_f64().map(|number| number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
        other => scalar(other),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn compare(bound: &Value, actual: Option<&Value>) -> Option<std::cmp::Ordering> {
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    number(actual?)?.partial_cmp(&number(bound)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn tests_do_what_they_say() {
        let cases = [
            (json!({"$any": true}), Some(json!(1)), true),
            (json!({"$any": true}), None, false),
            (json!({"$absent": true}), None, true),
            (json!({"$absent": true}), Some(json!(null)), true),
            (json!({"$absent": true}), Some(json!("x")), false),
            (json!({"$contains": "b"}), Some(json!("abc")), true),
            (
                json!({"$contains": {"id": 1}}),
                Some(json!([{"id": 1, "x": 2}])),
                true,
            ),
            (json!({"$starts-with": "a"}), Some(json!("abc")), true),
            (json!({"$ends-with": "c"}), Some(json!("abc")), true),
            (json!({"$matches": "^a.c$"}), Some(json!("abc")), true),
            (json!({"$matches": "["}), Some(json!("[")), false),
            (json!({"$not": "a"}), Some(json!("b")), true),
            (json!({"$not": "a"}), None, true),
            (json!({"$one-of": [1, 2]}), Some(json!(2)), true),
            (json!({"$type": "object"}), Some(json!({})), true),
            (json!({"$at-least": 2}), Some(json!(2)), true),
            (json!({"$at-most": 2}), Some(json!(3)), false),
            (json!({"a": 1}), Some(json!({"a": 1, "b": 2})), true),
            (json!({"a": 1}), Some(json!({"b": 2})), false),
            (json!([1]), Some(json!([1, 2])), false),
            (json!(200), Some(json!("200")), true),
            (json!("200"), Some(json!(200)), true),
            (
                json!("1234567890123456789"),
                Some(json!(1_234_567_890_123_456_789_u64)),
                true,
            ),
            (
                json!(9_007_199_254_740_993_u64),
                Some(json!(9_007_199_254_740_992_u64)),
                false,
            ),
            (json!(1), Some(json!(1.0)), true),
            (json!({"$unknown": 1}), Some(json!(1)), false),
        ];
        for (pattern, actual, holds) in cases {
            assert_eq!(matches(&pattern, actual.as_ref()), holds, "{pattern} {actual:?}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z]{0,6}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_matches_itself_and_not_its_negation(value in value()) {
            prop_assert!(matches(&value, Some(&value)));
            let negation = json!({"$not": value});
            prop_assert!(!matches(&negation, Some(&value)));
        }

        #[test]
        fn more_members_do_no_harm(value in value(), more in "[A-Z]{3}") {
            if let Value::Object(mut members) = value.clone() {
                members.insert(more, json!(1));
                prop_assert!(matches(&value, Some(&Value::Object(members))));
            }
        }
    }
}
