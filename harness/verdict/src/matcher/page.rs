//! Elements of the page, as an observation shows them.

use scenarios::model::{Count, PageExpectation, Pattern};
use serde_json::Value;

use super::{fits, shorten};
use crate::{Context, Outcome};

pub(super) fn check(wanted: &PageExpectation, seen: &Value, context: &Context) -> Outcome {
    let all: Vec<&Value> = seen["elements"]
        .as_array()
        .map(|all| all.iter().collect())
        .unwrap_or_default();
    let counting: Vec<&Value> = all
        .iter()
        .copied()
        .filter(|element| wanted.element.hidden || element["visible"].as_bool().unwrap_or(false))
        .collect();
    let count = wanted.count.unwrap_or(Count::SOME);
    let what = wanted.element.to_string();
    let found = counting.len() as u64;
    if !count.admits(found) {
        let hidden = all.len() - counting.len();
        let aside = if hidden > 0 {
            format!(", {hidden} more hidden")
        } else {
            String::new()
        };
        let shown: Vec<String> = counting.iter().take(3).map(|element| describe(element)).collect();
        let shown = if shown.is_empty() {
            String::new()
        } else {
            format!(": {}", shown.join("; "))
        };
        return Outcome::new(
            false,
            format!("{count} {what} on the page"),
            format!("{found}{aside}{shown}"),
            Vec::new(),
        );
    }
    for element in &counting {
        if let Some((expected, actual)) = first_mismatch(wanted, element, context) {
            return Outcome::new(false, format!("{what} with {expected}"), actual, Vec::new());
        }
    }
    Outcome::new(
        true,
        format!("{count} {what} on the page"),
        format!("{found}"),
        Vec::new(),
    )
}

fn first_mismatch(wanted: &PageExpectation, element: &Value, context: &Context) -> Option<(String, String)> {
    let texts: [(&str, Option<&Pattern>); 4] = [
        ("text", wanted.text.as_ref()),
        ("value", wanted.value.as_ref()),
        ("name", wanted.name.as_ref()),
        ("height", wanted.height.as_ref()),
    ];
    for (field, pattern) in texts {
        let Some(pattern) = pattern else { continue };
        let actual = element.get(field).filter(|value| !value.is_null());
        if !fits(Some(pattern), actual, context) {
            return Some((
                format!("{field} {}", pattern.0),
                format!("{field} {}", shown(actual)),
            ));
        }
    }
    let flags = [
        ("focused", wanted.focused),
        ("focus_within", wanted.focus_within),
        ("enabled", wanted.enabled),
    ];
    for (field, flag) in flags {
        let Some(flag) = flag else { continue };
        let actual = element[field].as_bool().unwrap_or(false);
        if actual != flag {
            let words = field.replace('_', " ");
            return Some((format!("{words}: {flag}"), format!("{words}: {actual}")));
        }
    }
    for (name, pattern) in &wanted.attributes {
        let actual = element["attributes"].get(name);
        if !fits(Some(pattern), actual, context) {
            return Some((
                format!("attribute {name} {}", pattern.0),
                format!("attribute {name} {}", shown(actual)),
            ));
        }
    }
    None
}

fn shown(actual: Option<&Value>) -> String {
    actual.map_or_else(|| "absent".to_owned(), |actual| shorten(&actual.to_string()))
}

fn describe(element: &Value) -> String {
    shorten(&format!(
        "{} {} {}",
        element["role"].as_str().unwrap_or_default(),
        element["name"],
        element["text"]
    ))
}
