//! A scope as it is written: words with a space between them (RFC 6749, §3.3). More spaces than that are a slip that
//! means nothing, and a scope without a word counts as left out (§3.1 and §3.2).

/// The words of a scope.
pub(super) fn words(scope: &str) -> impl Iterator<Item = &str> {
    scope.split(' ').filter(|word| !word.is_empty())
}

/// Whether a scope holds a word.
pub(super) fn holds(scope: &str, word: &str) -> bool {
    words(scope).any(|known| known == word)
}

/// A scope that a request names; nothing where that has no words.
pub(super) fn named(scope: Option<&str>) -> Option<&str> {
    scope.filter(|scope| words(scope).next().is_some())
}

/// The words of a scope that are wanted, as the standard writes them; nothing where none is left.
pub(super) fn only(scope: &str, wanted: impl Fn(&str) -> bool) -> Option<String> {
    let left: Vec<&str> = words(scope).filter(|word| wanted(word)).collect();
    (!left.is_empty()).then(|| left.join(" "))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("openid email", Some("openid email"))]
    #[case("  openid   email ", Some("openid email"))]
    #[case("fishing email", Some("email"))]
    #[case("fishing", None)]
    #[case("   ", None)]
    #[case("", None)]
    fn a_scope_is_its_words(#[case] scope: &str, #[case] expected: Option<&str>) {
        let left = only(scope, |word| word != "fishing");
        assert_eq!(left.as_deref(), expected);
    }

    #[rstest]
    #[case(" openid  email ", "email", true)]
    #[case("openid email", "mail", false)]
    #[case("openid  email", "", false)]
    fn a_scope_holds_whole_words(#[case] scope: &str, #[case] word: &str, #[case] expected: bool) {
        assert_eq!(holds(scope, word), expected);
    }
}
