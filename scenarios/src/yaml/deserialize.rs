//! serde's data model over a located tree.

use serde::de::value::{StrDeserializer, U64Deserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};

use super::access::{Entries, Items, LocatedParts, Variant};
use super::fault::Fault;
use super::node::{Kind, Meaning, Node, Scalar};
use super::shape;
use crate::place::LOCATED;

pub(super) type Outcome<T> = Result<T, Fault>;

impl<'de> Deserializer<'de> for &Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        let outcome = match &self.kind {
            Kind::Scalar(scalar) => any(scalar, visitor),
            Kind::List(items) => visitor.visit_seq(Items::of(items)),
            Kind::Map(entries) => visitor.visit_map(Entries::of(entries)),
        };
        outcome.map_err(|fault: Fault| fault.at(&self.place))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.scalar() {
            Some(Scalar { open: true, .. }) => visitor.visit_bool(true),
            Some(Scalar { text, .. }) if text == "true" => visitor.visit_bool(true),
            Some(Scalar { text, .. }) if text == "false" => visitor.visit_bool(false),
            Some(Scalar { text, .. })
                if matches!(text.as_str(), "yes" | "no" | "on" | "off" | "Yes" | "No") =>
            {
                let right = if matches!(text.as_str(), "yes" | "on" | "Yes") {
                    "true"
                } else {
                    "false"
                };
                Err(Fault::new(format!("`{text}` is a text here, as in YAML 1.2"))
                    .help(Some(format!("write `{right}`")))
                    .at(&self.place))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.scalar() {
            Some(Scalar { open: true, .. }) => visitor.visit_u64(1),
            Some(Scalar {
                text,
                meaning: Meaning::Text,
                ..
            }) => match text.parse() {
                // A number that a placeholder stood for.
                Ok(number) => visitor.visit_u64(number),
                Err(_) => self.deserialize_any(visitor),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.scalar() {
            // Whoever asks for a text gets it as it is written, be it `0811` or `true`.
            Some(scalar) if scalar.meaning != Meaning::Nothing => visitor
                .visit_str(&scalar.text)
                .map_err(|fault: Fault| fault.at(&self.place)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.text() {
            Some(text) => visitor
                .visit_str(text)
                .map_err(|fault: Fault| fault.at(&self.place)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.scalar() {
            Some(Scalar {
                meaning: Meaning::Nothing,
                ..
            }) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Outcome<V::Value> {
        if name == LOCATED {
            return visitor.visit_seq(LocatedParts::of(self));
        }
        if self.scalar().is_some_and(|scalar| scalar.open) {
            match name {
                "Span" => return visitor.visit_newtype_struct(StrDeserializer::new("1s")),
                "Count" => return visitor.visit_newtype_struct(U64Deserializer::new(1)),
                _ => {}
            }
        }
        shape::check(name, self)?;
        visitor
            .visit_newtype_struct(self)
            .map_err(|fault: Fault| fault.in_type(name).at(&self.place))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<V::Value> {
        let named = |fault: Fault| fault.in_type(name).at(&self.place).help(shape::example(name));
        if !matches!(self.kind, Kind::Map(_)) {
            let message = format!("{} is wanted here, not {}", shape::called(name), self.described());
            return Err(named(Fault::new(message)));
        }
        // Unknown fields first: they explain best why a type's own rules are not met.
        let value = self.deserialize_map(visitor).map_err(|fault| {
            let fault = fault.in_type(name);
            if fault.missing().is_some() {
                named(fault)
            } else {
                fault.at(&self.place)
            }
        })?;
        shape::check(name, self).map_err(named)?;
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Outcome<V::Value> {
        let named = |fault: Fault| fault.in_type(name).at(&self.place).help(shape::example(name));
        match &self.kind {
            Kind::Scalar(Scalar { open: true, .. }) => {
                let first = variants.first().copied().unwrap_or_default();
                visitor.visit_enum(IntoDeserializer::<Fault>::into_deserializer(first))
            }
            Kind::Scalar(scalar) if scalar.meaning != Meaning::Nothing => visitor
                .visit_enum(Variant::new(self, None))
                .map_err(|fault| fault.in_type(name).at(&self.place)),
            Kind::Map(entries) => match entries.as_slice() {
                [(tag, content)] => visitor
                    .visit_enum(Variant::new(tag, Some(content)))
                    .map_err(|fault| fault.in_type(name)),
                [] => Err(named(Fault::new(format!(
                    "{} is wanted here, not `{{}}`",
                    shape::called(name)
                )))),
                [(first, _), (second, _), ..] => {
                    let names = format!(
                        "`{}` and `{}`",
                        first.text().unwrap_or_default(),
                        second.text().unwrap_or_default()
                    );
                    let place = &second.place;
                    Err(Fault::new(format!("{} has one key; here are {names}", shape::called(name)))
                        .help(Some(
                            "if the second belongs into the first, indent it further; else begin a new item with `- `",
                        ))
                        .at(place))
                }
            },
            _ => Err(named(Fault::new(format!(
                "{} is wanted here, not {}",
                shape::called(name),
                self.described()
            )))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct map
    }
}

impl Node {
    fn scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }
}

fn any<'de, V: Visitor<'de>>(scalar: &Scalar, visitor: V) -> Outcome<V::Value> {
    match &scalar.meaning {
        Meaning::Nothing => visitor.visit_unit(),
        Meaning::Flag(flag) => visitor.visit_bool(*flag),
        Meaning::Number(number) => {
            if let Some(number) = number.as_u64() {
                visitor.visit_u64(number)
            } else if let Some(number) = number.as_i64() {
                visitor.visit_i64(number)
            } else {
                visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
            }
        }
        // A count may be a placeholder.
        Meaning::Text => visitor.visit_str(&scalar.text),
    }
}
