//! Paths of expectations.

use globset::GlobBuilder;
use scenarios::{Diagnostic, Location};

/// Why no request could have such a path, though the expectation would hold: nothing matches it.
pub(super) fn mistake(at: &Location, path: &str) -> Option<Diagnostic> {
    let (message, help) = if path.contains('?') {
        (
            format!("the path `{path}` has a `?`, and paths are compared without their query"),
            "parameters go into `query`: `path: /search, query: { term: x }`".to_owned(),
        )
    } else if !path.starts_with(['/', '*']) {
        (
            format!("no request has the path `{path}`: paths begin with `/`"),
            format!("write `/{path}`, or `**/{path}` for every path that ends so"),
        )
    } else {
        // As the verdict reads it.
        let read = GlobBuilder::new(path).literal_separator(true).build();
        (
            format!("the path `{path}` cannot be read: {}", read.err()?.kind()),
            "`*` stands for one segment, `**` for any, `{a,b}` for either, `[ab]` for one character; `[[]` is a bracket, \
             `[{]` a brace"
                .to_owned(),
        )
    };
    Some(Diagnostic::at(at.clone(), message).help(help))
}
