//! The reference page of the language, made from the types' own words.

/// The reference page, as Markdown.
#[must_use]
pub fn reference() -> String {
    String::new()
}
