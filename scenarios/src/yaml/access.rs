//! What a visitor walks through: the items of a list, the entries of a map, the content of a variant.

use std::iter::Enumerate;
use std::slice::Iter;

use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::deserialize::Outcome;
use super::fault::Fault;
use super::node::{Kind, Meaning, Node};
use super::shape;
use crate::place::Location;

/// The items of a list.
pub(super) struct Items<'node>(Enumerate<Iter<'node, Node>>);

impl<'node> Items<'node> {
    pub(super) fn of(items: &'node [Node]) -> Self {
        Self(items.iter().enumerate())
    }
}

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

/// The entries of a map.
pub(super) struct Entries<'node> {
    rest: Enumerate<Iter<'node, (Node, Node)>>,
    value: Option<(usize, &'node Node)>,
}

impl<'node> Entries<'node> {
    pub(super) fn of(entries: &'node [(Node, Node)]) -> Self {
        Self {
            rest: entries.iter().enumerate(),
            value: None,
        }
    }
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
pub(super) struct LocatedParts<'node> {
    node: &'node Node,
    given: u8,
}

impl<'node> LocatedParts<'node> {
    pub(super) fn of(node: &'node Node) -> Self {
        Self { node, given: 0 }
    }
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
pub(super) struct Variant<'node> {
    tag: &'node Node,
    content: Option<&'node Node>,
}

impl<'node> Variant<'node> {
    pub(super) fn new(tag: &'node Node, content: Option<&'node Node>) -> Self {
        Self { tag, content }
    }
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
