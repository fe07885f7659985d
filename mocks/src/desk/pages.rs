//! Pages and page code of a mock, served from the fixtures as they are.

use std::path::PathBuf;

use http::StatusCode;

use super::Reply;

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

    /// A file's text with `{{name}}` replaced. The values must be safe where they are put.
    pub(crate) fn filled(&self, name: &str, values: &[(&str, &str)]) -> Option<String> {
        let mut text = std::fs::read_to_string(self.path(name)?).ok()?;
        for (placeholder, value) in values {
            text = text.replace(&format!("{{{{{placeholder}}}}}"), value);
        }
        Some(text)
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
