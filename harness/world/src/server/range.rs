//! Byte ranges (RFC 9110, section 14).

/// What a `Range` field asks of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: no range, several, or one that cannot be read.
    Whole,
    /// From one byte to another, both included.
    Part { first: u64, last: u64 },
    /// Nothing that is there.
    Unsatisfiable,
}

/// Reads a `Range` field for a file of some length.
pub(super) fn wanted(field: Option<&str>, length: u64) -> Wanted {
    let Some(range) = field.and_then(|field| field.trim().strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-') else {
        return Wanted::Whole;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", count) => match number(count) {
            Some(0) => Wanted::Unsatisfiable,
            Some(_) if length == 0 => Wanted::Unsatisfiable,
            Some(count) => Wanted::Part {
                first: length.saturating_sub(count),
                last: length - 1,
            },
            None => Wanted::Whole,
        },
        (first, last) => {
            let end = if last.is_empty() {
                Some(u64::MAX)
            } else {
                number(last)
            };
            match (number(first), end) {
                (Some(first), Some(last)) if last < first => Wanted::Whole,
                (Some(first), Some(_)) if first >= length => Wanted::Unsatisfiable,
                (Some(first), Some(last)) => Wanted::Part {
                    first,
                    last: last.min(length - 1),
                },
                _ => Wanted::Whole,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let part = |first, last| Wanted::Part { first, last };
        for (field, length, is) in [
            (None, 10, Wanted::Whole),
            (Some("bytes=0-3"), 10, part(0, 3)),
            (Some("bytes=4-"), 10, part(4, 9)),
            (Some("bytes=-3"), 10, part(7, 9)),
            (Some("bytes=-30"), 10, part(0, 9)),
            (Some("bytes=8-99"), 10, part(8, 9)),
            (Some("bytes=10-"), 10, Wanted::Unsatisfiable),
            (Some("bytes=-0"), 10, Wanted::Unsatisfiable),
            (Some("bytes=0-"), 0, Wanted::Unsatisfiable),
            (Some("bytes=-1"), 0, Wanted::Unsatisfiable),
            (Some("bytes=3-2"), 10, Wanted::Whole),
            (Some("bytes=0-1,4-5"), 10, Wanted::Whole),
            (Some("bytes=x-y"), 10, Wanted::Whole),
            (Some("items=0-1"), 10, Wanted::Whole),
            (Some("bytes=18446744073709551616-"), 10, Wanted::Whole),
        ] {
            assert_eq!(wanted(field, length), is, "{field:?} of {length}");
        }
    }
}
