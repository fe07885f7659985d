//! A YAML document as a tree in which every part knows its place.

use serde_json::Number;

use crate::place::Place;

/// A part of a document.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

/// What a part is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// A text, number, truth value or nothing.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    /// As it is written, without quotes.
    pub(crate) text: String,
    /// What it means.
    pub(crate) meaning: Meaning,
    /// It holds a placeholder that only the caller's world can replace, so it satisfies whatever is asked of it.
    pub(crate) open: bool,
}

/// What an unquoted scalar means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Meaning {
    Nothing,
    Flag(bool),
    Number(Number),
    Text,
}

impl Scalar {
    /// A quoted scalar: always a text.
    pub(crate) fn quoted(text: String) -> Self {
        Self {
            text,
            meaning: Meaning::Text,
            open: false,
        }
    }

    /// An unquoted scalar. Numbers are numbers only where JSON would write them so: `+62811` and `007` are texts,
    /// as their authors mean them; so are `yes`, `no`, `on` and `off`.
    pub(crate) fn plain(text: String) -> Self {
        let meaning = match text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Meaning::Nothing,
            "true" | "True" | "TRUE" => Meaning::Flag(true),
            "false" | "False" | "FALSE" => Meaning::Flag(false),
            other if other.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
                serde_json::from_str(other).map_or(Meaning::Text, Meaning::Number)
            }
            _ => Meaning::Text,
        };
        Self {
            text,
            meaning,
            open: false,
        }
    }
}

impl Node {
    /// The member of a map.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The key and member of a map.
    pub(crate) fn entry(&self, name: &str) -> Option<(&Node, &Node)> {
        let Kind::Map(entries) = &self.kind else {
            return None;
        };
        entries
            .iter()
            .find(|(key, _)| key.text() == Some(name))
            .map(|(key, value)| (key, value))
    }

    /// The items of a list; none where it is no list.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// A scalar as it is written.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The node at the end of a path of member names and item numbers, with the key that leads to it. As far as the
    /// path exists.
    pub(crate) fn reach<'node>(&'node self, path: &[&str]) -> &'node Place {
        let mut at = self;
        let mut place = &self.place;
        for name in path {
            match &at.kind {
                Kind::Map(_) => match at.entry(name) {
                    Some((key, value)) => {
                        place = &key.place;
                        at = value;
                    }
                    None => break,
                },
                Kind::List(items) => match name.parse::<usize>().ok().and_then(|index| items.get(index)) {
                    Some(item) => {
                        place = &item.place;
                        at = item;
                    }
                    None => break,
                },
                Kind::Scalar(_) => break,
            }
        }
        place
    }

    /// In words: what it is.
    pub(crate) fn described(&self) -> String {
        match &self.kind {
            Kind::Scalar(scalar) => match &scalar.meaning {
                Meaning::Nothing => "nothing".to_owned(),
                Meaning::Flag(flag) => format!("`{flag}`"),
                Meaning::Number(number) => format!("the number {number}"),
                Meaning::Text => format!("the text {}", crate::suggest::quoted(&scalar.text)),
            },
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "fields".to_owned(),
        }
    }
}
