//! Reading a direction, with the place of a mistake and what was probably meant.

use serde_json::Value;

use super::{Direction, DirectionError};

/// Reads a mock's direction.
pub(crate) fn read<D: Direction>(mock: &str, direction: &Value) -> Result<D, DirectionError> {
    let direction = match direction {
        // `crm-embed:` with nothing after it.
        Value::Null => Value::Object(serde_json::Map::new()),
        given => given.clone(),
    };
    serde_path_to_error::deserialize(direction).map_err(|error| {
        let message = error.inner().to_string();
        let mut path = error.path().to_string();
        if path == "." {
            path.clear();
        }
        // An unknown field is part of the path already; the message names it too.
        if let Some(name) = unknown(&message).map(|(name, _)| name)
            && message.starts_with("unknown field")
        {
            let parent = path
                .strip_suffix(name)
                .map(|parent| parent.trim_end_matches('.').to_owned());
            path = parent.unwrap_or(path);
        }
        DirectionError {
            mock: mock.to_owned(),
            path,
            suggestion: unknown(&message)
                .and_then(|(name, known)| fixtures::closest(name, known).map(str::to_owned)),
            message,
        }
    })
}

/// The unknown word of a serde message and the words that were expected.
fn unknown(message: &str) -> Option<(&str, Vec<&str>)> {
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (name, known) = words.split_first()?;
    message.starts_with("unknown ").then(|| (*name, known.to_vec()))
}
