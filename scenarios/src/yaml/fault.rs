//! What went wrong while a tree was read as a type.

use std::fmt;

use serde::de;

use super::shape;
use crate::Diagnostic;
use crate::place::Place;

/// A mistake, on its way up to where it is reported.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: What,
    place: Option<Place>,
    /// The type whose field or variant is meant.
    owner: Option<&'static str>,
    help: Option<String>,
    /// Entry or item numbers from the mistake up to the root.
    path: Vec<usize>,
}

#[derive(Debug)]
enum What {
    Message(String),
    UnknownField(String, &'static [&'static str]),
    UnknownVariant(String, &'static [&'static str]),
    MissingField(&'static str),
}

impl Fault {
    fn of(kind: What) -> Self {
        Self(Box::new(Inner {
            kind,
            place: None,
            owner: None,
            help: None,
            path: Vec::new(),
        }))
    }

    /// A mistake in words.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::of(What::Message(message.into()))
    }

    /// Puts it at a place, unless it has one.
    pub(crate) fn at(mut self, place: &Place) -> Self {
        if self.0.place.is_none() {
            self.0.place = Some(place.clone());
        }
        self
    }

    /// Adds what would be right, unless that is said already.
    pub(crate) fn help(mut self, help: Option<impl Into<String>>) -> Self {
        if self.0.help.is_none() {
            self.0.help = help.map(Into::into);
        }
        self
    }

    /// Names the type it arose in, unless an inner one is named.
    pub(crate) fn in_type(mut self, name: &'static str) -> Self {
        self.0.owner.get_or_insert(name);
        self
    }

    /// Notes the entry or item it lies in.
    pub(crate) fn under(mut self, index: usize) -> Self {
        self.0.path.push(index);
        self
    }

    /// Entry or item numbers from the root down to it.
    pub(crate) fn path(&self) -> Vec<usize> {
        self.0.path.iter().rev().copied().collect()
    }

    /// The field that is missing, where that is the mistake.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        match self.0.kind {
            What::MissingField(name) => Some(name),
            _ => None,
        }
    }

    /// As it is reported.
    pub(crate) fn into_diagnostic(self, fallback: &Place) -> Diagnostic {
        let Inner {
            kind,
            place,
            owner,
            help,
            ..
        } = *self.0;
        let place = place.as_ref().unwrap_or(fallback);
        let owner = owner.map_or("this", shape::called);
        match kind {
            What::Message(message) => {
                let diagnostic = Diagnostic::place(place, message);
                match help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                }
            }
            What::UnknownField(name, known) => {
                let diagnostic = Diagnostic::place(place, format!("{owner} has no field `{name}`"));
                match help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic.advised(&name, known.iter().copied()),
                }
            }
            What::UnknownVariant(name, known) => {
                let diagnostic =
                    Diagnostic::place(place, format!("there is no {} `{name}`", shape::kind_of(owner)));
                match help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic.advised(&name, known.iter().copied()),
                }
            }
            What::MissingField(name) => {
                let diagnostic = Diagnostic::place(place, format!("{owner} needs the field `{name}`"));
                match help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                }
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            What::Message(message) => formatter.write_str(message),
            What::UnknownField(name, _) => write!(formatter, "unknown field `{name}`"),
            What::UnknownVariant(name, _) => write!(formatter, "unknown variant `{name}`"),
            What::MissingField(name) => write!(formatter, "missing field `{name}`"),
        }
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::of(What::UnknownField(field.to_owned(), expected))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::of(What::UnknownVariant(variant.to_owned(), expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::of(What::MissingField(field))
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(format!(
            "{} is wanted here, not {}",
            shape::wanted(&expected.to_string()),
            shape::found(found)
        ))
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }
}
