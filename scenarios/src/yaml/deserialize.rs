//! serde's data model over a located tree.

use serde::de::value::{MapDeserializer, StrDeserializer, U64Deserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::fault::Fault;
use super::node::{Kind, Meaning, Node, Scalar};
use super::shape;
use crate::place::{LOCATED, Location};

type Outcome<T> = Result<T, Fault>;

impl<'de> Deserializer<'de> for &Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        let outcome = match &self.kind {
            Kind::Scalar(scalar) => any(scalar, visitor),
            Kind::List(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Kind::Map(entries) => visitor.visit_map(Entries {
                rest: entries.iter().enumerate(),
                value: None,
            }),
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
            return visitor.visit_seq(LocatedParts { node: self, given: 0 });
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
                .visit_enum(Variant {
                    tag: self,
                    content: None,
                })
                .map_err(|fault| fault.in_type(name).at(&self.place)),
            Kind::Map(entries) => match entries.as_slice() {
                [(tag, content)] => visitor
                    .visit_enum(Variant {
                        tag,
                        content: Some(content),
                    })
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

struct Items<'node>(std::iter::Enumerate<std::slice::Iter<'node, Node>>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Outcome<Option<T::Value>> {
        let Some((index, item)) = self.0.next() else {
            return Ok(None);
        };
        seed.deserialize(item)
            .map(Some)
            .map_err(|fault| fault.at(&item.place).under(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'node> {
    rest: std::iter::Enumerate<std::slice::Iter<'node, (Node, Node)>>,
    value: Option<(usize, &'node Node)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Outcome<Option<K::Value>> {
        let Some((index, (key, value))) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some((index, value));
        let name = key.text().unwrap_or_default();
        seed.deserialize(StrDeserializer::<Fault>::new(name))
            .map(Some)
            .map_err(|fault| fault.at(&key.place).under(index))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Outcome<T::Value> {
        let Some((index, value)) = self.value.take() else {
            return Err(Fault::custom("a value was asked for before its key"));
        };
        seed.deserialize(value)
            .map_err(|fault| fault.at(&value.place).under(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// First the place, then the value.
struct LocatedParts<'node> {
    node: &'node Node,
    given: u8,
}

impl<'de> SeqAccess<'de> for LocatedParts<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Outcome<Option<T::Value>> {
        self.given += 1;
        match self.given {
            1 => {
                let Location { file, line, column } = self.node.place.location();
                let parts = [
                    ("file", Part::Text(file.to_string_lossy().into_owned())),
                    ("line", Part::Number(line)),
                    ("column", Part::Number(column)),
                ];
                seed.deserialize(MapDeserializer::new(parts.into_iter()))
                    .map(Some)
            }
            2 => seed.deserialize(self.node).map(Some),
            _ => Ok(None),
        }
    }
}

enum Part {
    Text(String),
    Number(u64),
}

impl<'de> IntoDeserializer<'de, Fault> for Part {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Part {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            Self::Number(number) => visitor.visit_u64(number),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// `- reload`, or `- click: …`.
struct Variant<'node> {
    tag: &'node Node,
    content: Option<&'node Node>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Outcome<(V::Value, Self)> {
        let name = self.tag.text().unwrap_or_default();
        let value = seed
            .deserialize(StrDeserializer::<Fault>::new(name))
            .map_err(|fault| fault.help(shape::misplaced(name)).at(&self.tag.place))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Outcome<()> {
        match self.content {
            None => Ok(()),
            Some(content) => match &content.kind {
                Kind::Scalar(scalar) if scalar.meaning == Meaning::Nothing || scalar.open => Ok(()),
                _ => Err(
                    Fault::new(format!("`{}` takes nothing", self.tag.text().unwrap_or_default()))
                        .help(Some(format!("write `- {}`", self.tag.text().unwrap_or_default())))
                        .at(&content.place)
                        .under(0),
                ),
            },
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Outcome<T::Value> {
        let name = self.tag.text().unwrap_or_default();
        match self.content {
            Some(content) => seed
                .deserialize(content)
                .map_err(|fault| fault.at(&content.place).under(0)),
            None => Err(Fault::new(format!("`{name}` says nothing more"))
                .help(shape::written(name))
                .at(&self.tag.place)),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Outcome<V::Value> {
        match self.content {
            Some(content) => content.deserialize_any(visitor),
            None => Err(Fault::new("something is missing here").at(&self.tag.place)),
        }
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<V::Value> {
        self.tuple_variant(0, visitor)
    }
}
