//! Texts within texts: percent-encoding and the escapes of JSON strings, undone and done again.

use std::ops::Range;

use percent_encoding::utf8_percent_encode;

use super::Encoding;
use super::needle::URI_COMPONENT;

/// A way in which a text is wrapped that leaves what stands around it legible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Percent-encoding, in a form's spelling too.
    Percent,
    /// Escapes as in a JSON string.
    JsonEscapes,
}

/// What a wrapped text may say.
pub(super) struct Reading {
    /// How often it was wrapped.
    pub(super) times: usize,
    pub(super) text: String,
}

impl Wrapping {
    pub(super) const ALL: [Self; 2] = [Self::Percent, Self::JsonEscapes];

    pub(super) fn encoding(self) -> Encoding {
        match self {
            Self::Percent => Encoding::Url,
            Self::JsonEscapes => Encoding::JsonEscaped,
        }
    }

    /// What a text may say that is wrapped in this way; nothing where it shows no trace of it.
    pub(super) fn readings(self, text: &str) -> Vec<Reading> {
        match self {
            Self::Percent => percent_readings(text),
            Self::JsonEscapes => json_unescaped(text)
                .map(|text| Reading { times: 1, text })
                .into_iter()
                .collect(),
        }
    }

    /// The parts of a text that are wrapped each for itself: values of a query, strings of a JSON text.
    pub(super) fn parts(self, text: &str) -> Vec<Range<usize>> {
        match self {
            Self::Percent => between(text, |_, character| {
                character.is_whitespace() || "\"<>&=?#;,{}[]|\\^`‹›".contains(character)
            }),
            Self::JsonEscapes => between(text, |before, character| {
                let backslashes = before.bytes().rev().take_while(|&byte| byte == b'\\').count();
                character == '"' && backslashes % 2 == 0
            }),
        }
    }

    /// Wraps a text once, as a browser does.
    pub(super) fn wrap(self, text: &str) -> String {
        match self {
            Self::Percent => utf8_percent_encode(text, URI_COMPONENT).to_string(),
            Self::JsonEscapes => {
                let quoted = serde_json::Value::from(text).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
        }
    }

    /// Wraps a value that was seen wrapped. Where a browser would leave it as it is, every character was its own.
    pub(super) fn wrap_value(self, value: &str) -> String {
        let usual = self.wrap(value);
        if usual != value {
            return usual;
        }
        match self {
            Self::Percent => value.bytes().map(|byte| format!("%{byte:02X}")).collect(),
            Self::JsonEscapes => value
                .encode_utf16()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect(),
        }
    }

    /// Whether a text is another one, wrapped once.
    pub(super) fn wraps(self, text: &str, plain: &str) -> bool {
        self.readings(text)
            .iter()
            .any(|reading| reading.times == 1 && reading.text == plain)
    }
}

/// The parts of a text between characters that end one; what stands before such a character helps to tell.
fn between(text: &str, ends: impl Fn(&str, char) -> bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        if ends(&text[start..at], character) {
            parts.push(start..at);
            start = at + character.len_utf8();
        }
    }
    parts.push(start..text.len());
    parts.retain(|part| !part.is_empty());
    parts
}

/// What a text says with its percent-encoding undone once, twice and three times, a `+` read as itself and, as in
/// forms, as a space. Which of them was meant is not known: a phone number begins with a `+` of its own.
fn percent_readings(text: &str) -> Vec<Reading> {
    // So it is with most texts, and every text of a journal comes here.
    if !text.contains(['%', '+']) {
        return Vec::new();
    }
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let mut readings: Vec<Reading> = Vec::new();
    let mut current = text.to_owned();
    for times in 1..=3 {
        let next = decoded(&current);
        for reading in [next.clone(), decoded(&current.replace('+', " "))] {
            if reading != text && !readings.iter().any(|known| known.text == reading) {
                readings.push(Reading { times, text: reading });
            }
        }
        if next == current {
            break;
        }
        current = next;
    }
    readings
}

/// Undoes the escapes of a JSON string: `\u0041`, `\/`, `\"`.
fn json_unescaped(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match rest.next() {
            Some('u') => {
                let digits: String = rest.clone().take(4).collect();
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(decoded) if digits.len() == 4 => {
                        plain.push(decoded);
                        rest.nth(3);
                    }
                    _ => plain.push_str("\\u"),
                }
            }
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some(other) => plain.push(other),
            None => plain.push('\\'),
        }
    }
    (plain != text).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_wrapped_each_for_itself() {
        let parts = |wrapping: Wrapping, text: &'static str| {
            let parts = wrapping.parts(text);
            parts.into_iter().map(|part| &text[part]).collect::<Vec<_>>()
        };
        assert_eq!(
            parts(Wrapping::Percent, "https://a.test/x?q=a%26b&r=1+2"),
            ["https://a.test/x", "q", "a%26b", "r", "1+2"]
        );
        assert_eq!(
            parts(Wrapping::JsonEscapes, r#"{"a":"b\"c\\","d":1}"#),
            ["{", "a", ":", r#"b\"c\\"#, ",", "d", ":1}"]
        );
    }
}
