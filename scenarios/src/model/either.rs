//! Reading what may be written short, as a text, or long, as fields, without losing the place of a mistake
//! (as serde's untagged enums would).

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::step::once;
use super::{FrameName, Locator, Press, Sender, Typed, UsePrelude};

/// A type with a short and a long form.
pub(super) trait TextOrFields: Sized {
    /// The long form.
    type Fields: for<'de> Deserialize<'de>;
    /// The type's name.
    const NAME: &'static str;
    /// What is expected, for a person.
    const EXPECTING: &'static str;
    /// From the short form.
    fn from_text(text: String) -> Self;
    /// From the long form.
    fn from_fields(fields: Self::Fields) -> Self;
}

fn read<'de, T: TextOrFields, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(T::NAME, Either(PhantomData))
}

struct Either<T>(PhantomData<T>);

impl<'de, T: TextOrFields> Visitor<'de> for Either<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTING)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        // A scalar as it is written, be it `0811` or `true`.
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::Fields::deserialize(MapAccessDeserializer::new(map)).map(T::from_fields)
    }
}

/// Implements `Deserialize` by [`read`].
macro_rules! text_or_fields {
    ($($name:ty),+) => {
        $(impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read(deserializer)
            }
        })+
    };
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename = "UsePrelude")]
pub(super) struct UseFields {
    prelude: String,
    #[serde(default)]
    with: BTreeMap<String, Value>,
}

impl TextOrFields for UsePrelude {
    type Fields = UseFields;
    const NAME: &'static str = "UsePrelude";
    const EXPECTING: &'static str = "a prelude's name, or `{ prelude: name, with: { parameter: value } }`";

    fn from_text(text: String) -> Self {
        Self::Name(text)
    }

    fn from_fields(UseFields { prelude, with }: UseFields) -> Self {
        Self::With { prelude, with }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename = "Press")]
pub(super) struct PressFields {
    key: String,
    #[serde(default)]
    on: Option<Box<Locator>>,
    #[serde(default = "once")]
    times: u32,
}

impl TextOrFields for Press {
    type Fields = PressFields;
    const NAME: &'static str = "Press";
    const EXPECTING: &'static str = "a key such as `Escape`, or `{ key: Tab, on: locator, times: 2 }`";

    fn from_text(text: String) -> Self {
        Self::Key(text)
    }

    fn from_fields(PressFields { key, on, times }: PressFields) -> Self {
        Self::On { key, on, times }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename = "Sender")]
pub(super) struct SenderFields {
    frame: FrameName,
}

impl TextOrFields for Sender {
    type Fields = SenderFields;
    const NAME: &'static str = "Sender";
    const EXPECTING: &'static str = "the name of an origin (a popup of it posts), or `{ frame: name }`";

    fn from_text(text: String) -> Self {
        Self::Popup(text)
    }

    fn from_fields(SenderFields { frame }: SenderFields) -> Self {
        Self::Frame { frame }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename = "Typed")]
pub(super) struct TypedFields {
    one_time_code: String,
}

impl TextOrFields for Typed {
    type Fields = TypedFields;
    const NAME: &'static str = "Typed";
    const EXPECTING: &'static str = "a text, or `{ one-time-code: persona }`";

    fn from_text(text: String) -> Self {
        Self::Text(text)
    }

    fn from_fields(TypedFields { one_time_code }: TypedFields) -> Self {
        Self::OneTimeCode { one_time_code }
    }
}

text_or_fields!(UsePrelude, Press, Sender, Typed);
