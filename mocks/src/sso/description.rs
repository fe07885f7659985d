//! What an error description may hold (RFC 6749, §4.1.2.1 and §5.2). It goes into addresses, JSON, journals and
//! terminals, and may quote a caller.

/// Longer ones are cut.
const LONGEST: usize = 200;

/// A text with the characters that are not allowed replaced.
pub(super) fn allowed(text: &str) -> String {
    text.chars()
        .take(LONGEST)
        .map(|character| match character {
            '"' | '\\' => '?',
            ' '..='~' => character,
            _ => '?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_allowed_stays() {
        for text in ["the code was used before", "#[]^_`{|}~ !'$%&()*+,-./09:;<=>?@AZ"] {
            assert_eq!(allowed(text), text);
        }
        assert_eq!(allowed("a\"b\\c\u{1b}[2J\né"), "a?b?c?[2J??");
    }

    proptest! {
        #[test]
        fn nothing_else_gets_through(text in "(?s).{0,300}") {
            let said = allowed(&text);
            prop_assert!(said.len() <= LONGEST);
            prop_assert!(said.bytes().all(|byte| matches!(byte, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)));
        }
    }
}
