//! Pages and page code of a mock, served from the fixtures as they are.

use std::path::PathBuf;

use http::StatusCode;

use super::{Reply, escaped};

/// A folder of pages.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    directory: PathBuf,
}

impl Pages {
    /// The pages of a mock.
    pub(crate) fn of(mock: &str) -> Self {
        Self {
            directory: fixtures::page_directory(mock),
        }
    }

    /// A page with each `{{name}}` replaced by its value, made safe for HTML. What a value holds is never
    /// itself taken for a placeholder.
    pub(crate) fn filled(&self, name: &str, values: &[(&str, &str)]) -> Option<String> {
        let text = std::fs::read_to_string(self.path(name)?).ok()?;
        Some(fill(&text, values))
    }

    /// A file as it is: a script, a stylesheet, a picture.
    pub(crate) fn asset(&self, name: &str) -> Option<Reply> {
        let path = self.path(name)?;
        let media_type = mime_guess::from_path(&path).first_or_octet_stream();
        let media_type = match media_type.essence_str() {
            text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
            other => other.to_owned(),
        };
        let bytes = std::fs::read(&path).ok()?;
        Some(
            Reply::of(StatusCode::OK, &media_type, bytes)
                .with("x-content-type-options", "nosniff")
                .with("cache-control", "no-cache"),
        )
    }

    /// The path of a file, if its name stays inside the folder.
    fn path(&self, name: &str) -> Option<PathBuf> {
        let inside = !name.is_empty()
            && name.split('/').all(|part| {
                !part.is_empty()
                    && !part.starts_with('.')
                    && part
                        .chars()
                        .all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
            });
        inside.then(|| self.directory.join(name))
    }
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut parts = text.split("{{");
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let value = part.split_once("}}").and_then(|(name, rest)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, rest))
        });
        match value {
            Some((value, rest)) => {
                filled.push_str(&escaped(value));
                filled.push_str(rest);
            }
            None => {
                filled.push_str("{{");
                filled.push_str(part);
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_put_in_once_and_made_safe() {
        let values = [("a", "{{b}}<"), ("b", "\"&'")];
        assert_eq!(
            fill("{{a}} {{b}} {{c}} }} {{", &values),
            "{{b}}&lt; &quot;&amp;&#39; {{c}} }} {{"
        );
    }

    proptest! {
        #[test]
        fn no_value_brings_markup_into_a_page(value in ".*") {
            let page = fill("<p title=\"{{value}}\">{{value}}</p>", &[("value", &value)]);
            prop_assert_eq!(page.matches(['<', '>']).count(), 4);
            prop_assert_eq!(page.matches('"').count(), 2);
        }

        #[test]
        fn names_stay_inside_the_folder(name in ".*") {
            let pages = Pages::of("sso");
            if let Some(path) = pages.path(&name) {
                prop_assert!(path.starts_with(&pages.directory));
                prop_assert!(!path.components().any(|part| part.as_os_str() == ".."));
            }
        }
    }
}
