//! Places in files, and values that know theirs.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A place in a file of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// Path, relative to the folder the harness was started in where possible.
    pub file: PathBuf,
    /// Line, from 1; 0 where it is unknown.
    pub line: u64,
    /// Column in characters, from 1; 0 where it is unknown.
    pub column: u64,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(formatter, "{}", self.file.display()),
            (line, 0) => write!(formatter, "{}:{line}", self.file.display()),
            (line, column) => write!(formatter, "{}:{line}:{column}", self.file.display()),
        }
    }
}

/// A file that was read, kept for the snippets of diagnostics.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// Path as it is shown.
    pub(crate) file: PathBuf,
    /// The whole text.
    pub(crate) text: String,
}

/// A place in a [`Source`].
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file.
    pub(crate) source: Arc<Source>,
    /// Line, from 1.
    pub(crate) line: u64,
    /// Column, from 1.
    pub(crate) column: u64,
    /// Bytes of the source.
    pub(crate) range: Range<usize>,
}

impl Place {
    pub(crate) fn location(&self) -> Location {
        Location {
            file: self.source.file.clone(),
            line: self.line,
            column: self.column,
        }
    }
}

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub location: Location,
}

impl<T> Located<T> {
    /// A value at a place.
    pub fn new(value: T, location: Location) -> Self {
        Self { value, location }
    }
}

impl<T> std::ops::Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// The name by which our own deserialiser knows that a place is asked for.
pub(crate) const LOCATED: &str = "$located";

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(LOCATED, LocatedVisitor(std::marker::PhantomData))
    }
}

struct LocatedVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LocatedVisitor<T> {
    type Value = Located<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Located<T>, D::Error> {
        // Any deserialiser but ours: the place is unknown.
        let value = T::deserialize(deserializer)?;
        Ok(Located::new(value, Location::default()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Located<T>, A::Error> {
        let missing = || A::Error::custom("a located value has a place and a value");
        let location = parts.next_element()?.ok_or_else(missing)?;
        let value = parts.next_element()?.ok_or_else(missing)?;
        Ok(Located::new(value, location))
    }
}

impl<T: Serialize> Serialize for Located<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
