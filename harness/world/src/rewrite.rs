//! Rewrites: known edits of what an origin serves, for sabotage and for trying a patch on a real build.

use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{Error, PathPattern};

/// An edit of the responses of one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Its id, as the journal and [`World::rewrites_applied`](crate::World::rewrites_applied) show it.
    pub id: String,
    /// The origin, by name or address.
    pub origin: String,
    /// The files that are edited.
    pub file: PathPattern,
    /// The edit.
    pub edit: Edit,
}

/// What is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Puts one text in another's place. It is done only where the text stands exactly once in the file.
    Replace {
        /// The text to find.
        find: String,
        /// What stands there instead.
        replace: String,
    },
    /// Leaves out a header field.
    DropHeader(String),
    /// Sets a header field.
    SetHeader(String, String),
}

/// The rewrites of a world, and what they did.
#[derive(Debug)]
pub(crate) struct Desk {
    rewrites: Vec<Rewrite>,
    applied: Mutex<Vec<(String, usize)>>,
}

impl Desk {
    pub(crate) fn new(rewrites: Vec<Rewrite>) -> Result<Self, Error> {
        for rewrite in &rewrites {
            rewrite.check().map_err(|reason| Error::Malformed {
                what: format!("the rewrite `{}`", rewrite.id),
                reason,
            })?;
        }
        Ok(Self {
            rewrites,
            applied: Mutex::new(Vec::new()),
        })
    }

    /// The rewrites that a request's response will meet.
    pub(crate) fn meet(&self, site: &str, origin: &str, path: &str, query: Option<&str>) -> Vec<&Rewrite> {
        self.rewrites
            .iter()
            .filter(|rewrite| rewrite.origin == site || rewrite.origin == origin)
            .filter(|rewrite| rewrite.file.matches(path, query))
            .collect()
    }

    pub(crate) fn note(&self, id: &str, matches: usize) {
        self.applied
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((id.to_owned(), matches));
    }

    pub(crate) fn applied(&self) -> Vec<(String, usize)> {
        self.applied
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Rewrite {
    fn check(&self) -> Result<(), String> {
        match &self.edit {
            Edit::Replace { find, .. } if find.is_empty() => Err("`find` is empty".to_owned()),
            Edit::Replace { .. } => Ok(()),
            Edit::DropHeader(name) => header_name(name).map(|_| ()),
            Edit::SetHeader(name, value) => {
                header_name(name)?;
                HeaderValue::try_from(value.as_str())
                    .map(|_| ())
                    .map_err(|_| format!("`{value}` is no header value"))
            }
        }
    }

    /// Edits the header fields. Says how many there were; nothing when this is no edit of the head.
    pub(crate) fn edit_head(&self, headers: &mut HeaderMap) -> Option<usize> {
        match &self.edit {
            Edit::Replace { .. } => None,
            Edit::DropHeader(name) => {
                let matches = headers.get_all(name.as_str()).iter().count();
                headers.remove(name.as_str());
                Some(matches)
            }
            Edit::SetHeader(name, value) => {
                let (Ok(name), Ok(value)) = (header_name(name), HeaderValue::try_from(value.as_str())) else {
                    return Some(0);
                };
                headers.insert(name, value);
                Some(1)
            }
        }
    }

    /// Edits a body. Says how often the text was found; nothing when this is no edit of the body.
    pub(crate) fn edit_text(&self, text: &mut String) -> Option<usize> {
        let Edit::Replace { find, replace } = &self.edit else {
            return None;
        };
        let matches = text.matches(find.as_str()).count();
        if matches == 1 {
            *text = text.replacen(find.as_str(), replace, 1);
        }
        Some(matches)
    }
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::try_from(name).map_err(|_| format!("`{name}` is no header name"))
}

/// Takes out of a request what would let the server answer with anything but the whole, plain file.
pub(crate) fn ask_for_whole_file(headers: &mut HeaderMap) {
    for name in [
        header::IF_NONE_MATCH,
        header::IF_MODIFIED_SINCE,
        header::IF_MATCH,
        header::IF_UNMODIFIED_SINCE,
        header::IF_RANGE,
        header::RANGE,
        header::ACCEPT_ENCODING,
    ] {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(find: &str) -> Rewrite {
        Rewrite {
            id: "trusts-all".to_owned(),
            origin: "app".to_owned(),
            file: PathPattern::any(),
            edit: Edit::Replace {
                find: find.to_owned(),
                replace: "false".to_owned(),
            },
        }
    }

    #[test]
    fn a_text_is_replaced_only_where_it_stands_once() {
        for (find, matches, after) in [
            ("a !== b", 1, "if (false) { if (c) {} if (c) {} }"),
            ("c", 2, "if (a !== b) { if (c) {} if (c) {} }"),
            ("nowhere", 0, "if (a !== b) { if (c) {} if (c) {} }"),
        ] {
            let mut text = "if (a !== b) { if (c) {} if (c) {} }".to_owned();
            assert_eq!(replace(find).edit_text(&mut text), Some(matches));
            assert_eq!(text, after);
        }
    }

    #[test]
    fn malformed_rewrites_are_refused() {
        assert!(
            Desk::new(vec![replace("")])
                .unwrap_err()
                .to_string()
                .contains("`find` is empty")
        );
        let header = Rewrite {
            edit: Edit::DropHeader("x y".to_owned()),
            ..replace("x")
        };
        assert!(
            Desk::new(vec![header])
                .unwrap_err()
                .to_string()
                .contains("no header name")
        );
    }
}
