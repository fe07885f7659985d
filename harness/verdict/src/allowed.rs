//! Places where a canary may be seen, as the world's data states them.

use serde::Deserialize;

/// The places allowed to one kind of canary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AllowedPlace {
    /// The canary's kind; `*` stands for any text.
    pub canary: String,
    /// Where it may be seen.
    pub places: Vec<Place>,
}

/// A place. Every list is "any of these"; `*` in a text stands for any text. Origins go by their names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "in", rename_all = "kebab-case")]
pub enum Place {
    /// A part of a request: `url`, `body`, `header:NAME`, `cookie:NAME`.
    Request {
        /// Origins it goes to.
        to: Vec<String>,
        /// Parts.
        part: Vec<String>,
        /// Path without the query.
        #[serde(default)]
        path: Option<String>,
    },
    /// A part of a response.
    Response {
        /// Origins it comes from.
        from: Vec<String>,
        /// Parts.
        part: Vec<String>,
        /// Path that was asked for.
        #[serde(default)]
        path: Option<String>,
    },
    /// A message's data.
    Message {
        /// Kinds.
        kind: Vec<String>,
        /// Origins of the sender.
        from: Vec<String>,
        /// Origins of the receiver, or declared target origins.
        to: Vec<String>,
    },
    /// The address of a document.
    Address {
        /// Origins of the document.
        of: Vec<String>,
        /// Path without the query.
        #[serde(default)]
        path: Option<String>,
    },
    /// What an origin keeps in the browser.
    Storage {
        /// Origins.
        of: Vec<String>,
        /// `local`, `session`, `cookie`.
        area: Vec<String>,
        /// Key or cookie name.
        key: String,
    },
    /// A telemetry event.
    Telemetry {
        /// Intakes.
        sink: Vec<String>,
        /// Event name.
        #[serde(default)]
        event: Option<String>,
    },
    /// Console output and page errors.
    Console {
        /// Origins of the document.
        of: Vec<String>,
    },
}

/// Whether a text is like a pattern in which `*` stands for any text.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else {
        return text.is_empty();
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = first;
    for part in parts {
        match rest.find(part) {
            Some(at) if !part.is_empty() => rest = &rest[at + part.len()..],
            Some(_) => {}
            None => return false,
        }
        last = part;
    }
    if pattern.contains('*') {
        // The last part must stand at the end, not only somewhere.
        last.is_empty() || text.ends_with(last) && rest.len() <= text.len()
    } else {
        rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [
            ("contact_*", "contact_email"),
            ("*", ""),
            ("/v1/*", "/v1/a/b"),
            ("a*c", "abc"),
            ("a", "a"),
            ("*x", "x"),
        ] {
            assert!(like(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("contact_*", "sso_id"),
            ("a", "ab"),
            ("a*c", "abd"),
            ("/v1/*", "/v2/"),
            ("*x", "xy"),
        ] {
            assert!(!like(pattern, text), "{pattern} {text}");
        }
    }
}
