//! What stands in a canary's place: `‹contact_email~3f9c›` where it stood as it is, and
//! `‹url of ‹contact_email~3f9c››` where it stood in another writing, which is another text.

use super::wrapping::Wrapping;
use super::{Canary, Encoding};

/// A canary that is right but for its letters' case.
pub(super) const OTHER_CASE: &str = "other case";

/// What stands in a canary's place, by the text that stood there and the encoding it was found in.
pub(super) fn standing_for(canary: &Canary, pseudonym: &str, stood: &str, encoding: Encoding) -> String {
    if stood == canary.value {
        return pseudonym.to_owned();
    }
    let exact = match encoding {
        Encoding::Plain => false,
        Encoding::Url => Wrapping::Percent.wraps(stood, &canary.value),
        Encoding::JsonEscaped => Wrapping::JsonEscapes.wraps(stood, &canary.value),
        Encoding::Base64 | Encoding::Hex | Encoding::Compressed => true,
    };
    let word = if exact { encoding.word() } else { OTHER_CASE };
    format!("‹{word} of {pseudonym}›")
}

/// A text with the values in place of their pseudonyms; nothing where there is none.
///
/// What stood in another writing is written so again where one spelling is like the other (percent-encoding, the
/// escapes of JSON). A canary in a different letter case, in hexadecimal or in base64 stays a pseudonym: the text that
/// stood there is not known, only that it was not the value.
pub(super) fn reveal<'value>(text: &str, value_of: &impl Fn(&str) -> Option<&'value str>) -> Option<String> {
    let mut revealed = false;
    let plain = outside(text, str::to_owned, |found| {
        let value = value(found, value_of);
        revealed |= value.is_some();
        value.unwrap_or_else(|| found.text.to_owned())
    });
    revealed.then_some(plain)
}

fn value<'value>(found: &Found<'_>, value_of: &impl Fn(&str) -> Option<&'value str>) -> Option<String> {
    match &found.says {
        Says::Name => value_of(found.text).map(str::to_owned),
        Says::Wrapped(wrapping, inner) => Some(wrapping.wrap_value(&value(inner, value_of)?)),
        Says::Unlike => None,
    }
}

/// Wraps a reading again, all but its pseudonyms: they say of themselves that they were wrapped.
pub(super) fn wrapped(wrapping: Wrapping, reading: &str) -> String {
    outside(
        reading,
        |text| wrapping.wrap(text),
        |found| word_around(wrapping, found.text),
    )
}

/// A reading whose pseudonyms say that they were wrapped.
pub(super) fn marked(wrapping: Wrapping, reading: &str) -> String {
    outside(reading, str::to_owned, |found| word_around(wrapping, found.text))
}

fn word_around(wrapping: Wrapping, pseudonym: &str) -> String {
    let word = wrapping.encoding().word();
    format!("‹{word} of {pseudonym}›")
}

/// A pseudonym in a text, with what it stands within.
struct Found<'text> {
    text: &'text str,
    says: Says<'text>,
}

enum Says<'text> {
    /// The value.
    Name,
    /// The value, wrapped.
    Wrapped(Wrapping, Box<Found<'text>>),
    /// Something that is not the value, though it is made of it.
    Unlike,
}

/// Rewrites a text: what stands outside pseudonyms in one way, each pseudonym in another.
fn outside(
    text: &str,
    plain: impl Fn(&str) -> String,
    mut pseudonym: impl FnMut(&Found<'_>) -> String,
) -> String {
    let mut rewritten = String::with_capacity(text.len());
    let (mut copied, mut at) = (0, 0);
    while let Some(next) = text[at..].find('‹') {
        let start = at + next;
        let Some(found) = found(&text[start..], DEEPEST) else {
            // A quotation mark of the page's own.
            at = start + '‹'.len_utf8();
            continue;
        };
        rewritten.push_str(&plain(&text[copied..start]));
        rewritten.push_str(&pseudonym(&found));
        at = start + found.text.len();
        copied = at;
    }
    rewritten.push_str(&plain(&text[copied..]));
    rewritten
}

/// Deeper than any text is looked into.
const DEEPEST: u8 = 12;

/// The pseudonym that a text begins with.
fn found(text: &str, depth: u8) -> Option<Found<'_>> {
    let within = text.strip_prefix('‹')?;
    let after = |word: &str| within.strip_prefix(word)?.strip_prefix(" of ");
    let to = |end: usize| &text[..end + '›'.len_utf8()];
    for wrapping in Wrapping::ALL {
        if let Some(rest) = after(wrapping.encoding().word()) {
            let inner = found(rest, depth.checked_sub(1)?)?;
            rest[inner.text.len()..].starts_with('›').then_some(())?;
            let end = text.len() - rest.len() + inner.text.len();
            return Some(Found {
                text: to(end),
                says: Says::Wrapped(wrapping, Box::new(inner)),
            });
        }
    }
    let made_of_it = [Encoding::Hex, Encoding::Base64, Encoding::Compressed].map(Encoding::word);
    if made_of_it
        .into_iter()
        .chain([OTHER_CASE])
        .any(|word| after(word).is_some())
    {
        return Some(Found {
            text: to(closed(text)?),
            says: Says::Unlike,
        });
    }
    let end = within.find(['‹', '›'])?;
    (within[end..].starts_with('›') && within[..end].contains('~')).then(|| Found {
        text: to('‹'.len_utf8() + end),
        says: Says::Name,
    })
}

/// Where what a text begins with is closed.
fn closed(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '‹' => depth += 1,
            '›' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revealed(text: &str) -> Option<String> {
        reveal(text, &|pseudonym: &str| {
            (pseudonym == "‹name~1f›").then_some("Ayu \"K\"")
        })
    }

    #[test]
    fn a_reading_is_wrapped_again_around_its_pseudonyms() {
        assert_eq!(wrapped(Wrapping::Percent, "a&b ‹x~1›"), "a%26b%20‹url of ‹x~1››");
        assert_eq!(
            wrapped(Wrapping::JsonEscapes, "\"‹x~1›\n"),
            "\\\"‹escaped of ‹x~1››\\n"
        );
    }

    #[test]
    fn values_come_back_in_the_writing_they_stood_in() {
        for (text, plain) in [
            ("to ‹name~1f›!", "to Ayu \"K\"!"),
            ("?q=‹url of ‹name~1f››&", "?q=Ayu%20%22K%22&"),
            ("\"‹escaped of ‹name~1f››\"", "\"Ayu \\\"K\\\"\""),
            ("‹url of ‹escaped of ‹name~1f›››", "Ayu%20%5C%22K%5C%22"),
            // Quotation marks of a page hide nothing.
            ("‹ ‹x› ‹name~1f› ‹", "‹ ‹x› Ayu \"K\" ‹"),
            (
                "‹url of ‹name~1f› ‹base64 of ‹name~1f›",
                "‹url of Ayu \"K\" ‹base64 of Ayu \"K\"",
            ),
        ] {
            assert_eq!(revealed(text).as_deref(), Some(plain));
        }
    }

    #[test]
    fn what_is_not_known_stays() {
        for text in [
            "no pseudonym",
            "‹name~2e›",
            "‹other case of ‹name~1f››",
            "‹base64 of to=‹name~1f››",
            "‹name~1f",
            "›‹",
        ] {
            assert_eq!(revealed(text), None, "{text}");
        }
        assert_eq!(revealed(&"‹url of ".repeat(100_000)), None);
    }
}
