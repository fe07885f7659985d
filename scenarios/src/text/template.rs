//! A text with placeholders, taken apart.

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Literal(String),
    /// The name between the braces, which may hold placeholders itself.
    Placeholder(Vec<Part>),
}

/// Takes a text apart. `$${` stands for `${`; a placeholder that is not closed is a mistake.
pub(super) fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut rest = text;
    let found = sequence(&mut rest, 0)?;
    Ok(found)
}

/// Deeper nesting than `${a.${b.${c}}}` is a slip.
const DEEPEST: u8 = 4;

fn sequence(rest: &mut &str, depth: u8) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    loop {
        if let Some(after) = rest.strip_prefix("$${") {
            literal.push_str("${");
            *rest = after;
        } else if let Some(after) = rest.strip_prefix("${") {
            if depth >= DEEPEST {
                return Err("placeholders are nested too deeply".to_owned());
            }
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            *rest = after;
            let name = sequence(rest, depth + 1)?;
            parts.push(Part::Placeholder(name));
        } else if depth > 0 && rest.starts_with('}') {
            *rest = &rest[1..];
            if !literal.is_empty() {
                parts.push(Part::Literal(literal));
            }
            return Ok(parts);
        } else {
            let Some(next) = rest.chars().next() else {
                if depth > 0 {
                    return Err("this placeholder is not closed: `${` needs a `}`".to_owned());
                }
                if !literal.is_empty() {
                    parts.push(Part::Literal(literal));
                }
                return Ok(parts);
            };
            literal.push(next);
            *rest = &rest[next.len_utf8()..];
        }
    }
}

/// Whether a name is one: words of letters, digits, `-` and `_`, joined by dots.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.split('.').all(|word| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
        })
}

#[cfg(test)]
mod tests {
    use super::{Part, is_name, parts};

    fn literal(text: &str) -> Part {
        Part::Literal(text.to_owned())
    }

    #[test]
    fn a_text_is_taken_apart() {
        assert_eq!(parts("plain").unwrap(), [literal("plain")]);
        assert_eq!(
            parts("a ${b.c} d").unwrap(),
            [
                literal("a "),
                Part::Placeholder(vec![literal("b.c")]),
                literal(" d")
            ]
        );
        assert_eq!(
            parts("${origin.${sender}}").unwrap(),
            [Part::Placeholder(vec![
                literal("origin."),
                Part::Placeholder(vec![literal("sender")])
            ])]
        );
        assert_eq!(parts("$${x}").unwrap(), [literal("${x}")]);
        assert_eq!(parts("{} } $ {").unwrap(), [literal("{} } $ {")]);
        assert!(parts("${x").is_err());
        assert!(parts(&"${".repeat(100_000)).is_err());
    }

    #[test]
    fn names_are_words_joined_by_dots() {
        assert!(is_name("a") && is_name("persona.sso_id") && is_name("origin.crm-api"));
        assert!(!is_name("") && !is_name("a.") && !is_name(".a") && !is_name("a b") && !is_name("a..b"));
    }
}
