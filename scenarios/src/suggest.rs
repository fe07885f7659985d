//! "Did you mean": the known word that is closest to an unknown one.

/// The candidate that was probably meant, if one is close enough.
pub(crate) fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Likeness from which on two words are taken for the same one, misspelt.
    const ALIKE: f64 = 0.78;
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let word = plain(word);
    candidates
        .into_iter()
        .map(|candidate| {
            let other = plain(candidate);
            let prefix = strsim::jaro_winkler(&word, &other);
            let swapped = strsim::normalized_damerau_levenshtein(&word, &other);
            // In a short word one slip of the fingers is much of it.
            let slip = word.len() >= 3 && strsim::damerau_levenshtein(&word, &other) == 1;
            let same = if slip || swapped >= 0.7 { 0.8 } else { 0.0 };
            (prefix.midpoint(swapped).max(same), candidate)
        })
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate)
}

/// A sentence that names what was meant, or else what there is.
pub(crate) fn advice<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    /// More than this are too many to read.
    const LISTED: usize = 40;
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(meant) = closest(word, known.iter().copied()) {
        return Some(format!("did you mean `{meant}`?"));
    }
    match known.as_slice() {
        [] => None,
        [only] => Some(format!("there is only `{only}`")),
        names if names.len() <= LISTED => Some(format!("there are `{}`", names.join("`, `"))),
        _ => None,
    }
}

/// A text in quotes, cut where it is too long to read.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        format!("`{text}`")
    } else {
        let head: String = text.chars().take(LONGEST).collect();
        format!("`{head}…`")
    }
}
