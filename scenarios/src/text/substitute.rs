//! Putting values where placeholders stand.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::template::{Part, is_name, parts};
use crate::Diagnostic;
use crate::yaml::{Kind, Meaning, Node, Scalar};

/// The names that one file gives itself: variants of a scenario, parameters of a prelude.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// What such a name is called: `variant`, `parameter`.
    pub(crate) what: &'static str,
    pub(crate) values: BTreeMap<String, Node>,
    /// Names that were asked for.
    pub(crate) used: RefCell<BTreeSet<String>>,
}

/// A tree with its placeholders replaced, and what was wrong with them.
pub(crate) struct Substitution {
    pub(crate) node: Node,
    pub(crate) problems: Vec<Diagnostic>,
}

/// Replaces what the file's own scope knows. Names with a dot whose first word it does not know stay, for the world.
pub(crate) fn within_scope(node: &Node, scope: &Scope) -> Substitution {
    run(node, &|name: &str| scope.reply(name), true)
}

/// What the world says, by dotted name.
#[derive(Clone, Copy)]
pub(crate) struct Said<'a> {
    pub(crate) lookup: &'a dyn Fn(&str) -> Option<String>,
    /// The names it knows, for advice.
    pub(crate) known: &'a [String],
}

/// Replaces all that is left by what the world says.
pub(crate) fn within_world(node: &Node, world: Said<'_>) -> Substitution {
    let reply = |name: &str| match (world.lookup)(name) {
        Some(text) => Reply::Text(text),
        None => Reply::Unknown(
            format!("the world has no value `${{{name}}}`"),
            world_advice(name, world.known),
        ),
    };
    run(node, &reply, false)
}

/// What was probably meant by a name that the world does not know, or else what there is of its family.
fn world_advice(name: &str, known: &[String]) -> Option<String> {
    let all = || known.iter().map(String::as_str);
    if let Some(meant) = crate::suggest::closest(name, all()) {
        return Some(format!("did you mean `${{{meant}}}`?"));
    }
    let (family, _) = name.split_once('.')?;
    crate::suggest::advice(
        name,
        all().filter(|one| one.split_once('.').is_some_and(|(word, _)| word == family)),
    )
}

enum Reply {
    Node(Node),
    Text(String),
    /// Someone else's name.
    Later,
    /// A mistake, and advice.
    Unknown(String, Option<String>),
}

impl Scope {
    fn reply(&self, name: &str) -> Reply {
        let mut words = name.split('.');
        let first = words.next().unwrap_or_default();
        let Some(value) = self.values.get(first) else {
            if name.contains('.') {
                return Reply::Later;
            }
            let advice =
                crate::suggest::advice(name, self.values.keys().map(String::as_str)).unwrap_or_else(|| {
                    format!(
                        "this file has no {}s; values of the world have a dot: `${{origin.crm}}`",
                        self.what
                    )
                });
            return Reply::Unknown(format!("there is no {} `{name}`", self.what), Some(advice));
        };
        self.used.borrow_mut().insert(first.to_owned());
        let mut at = value;
        for word in words {
            match at.get(word) {
                Some(member) => at = member,
                None => return missing_field(first, word, at),
            }
        }
        // A variant with fields stands for its id where no field is asked for.
        match at.get("id") {
            Some(id) if !name.contains('.') && self.what == "variant" => Reply::Node(id.clone()),
            _ => Reply::Node(at.clone()),
        }
    }
}

fn missing_field(first: &str, word: &str, at: &Node) -> Reply {
    match &at.kind {
        Kind::Map(entries) => Reply::Unknown(
            format!("`{first}` has no field `{word}` here"),
            crate::suggest::advice(word, entries.iter().filter_map(|(key, _)| key.text())),
        ),
        _ => Reply::Unknown(
            format!("`{first}` is {}, which has no field `{word}`", at.described()),
            Some(format!(
                "give `{first}` fields, or ask the world: `${{{word}.${{{first}}}}}`"
            )),
        ),
    }
}

struct Run<'reply> {
    reply: &'reply dyn Fn(&str) -> Reply,
    /// Names may stay for a later run.
    partly: bool,
    problems: Vec<Diagnostic>,
}

fn run(node: &Node, reply: &dyn Fn(&str) -> Reply, partly: bool) -> Substitution {
    let mut run = Run {
        reply,
        partly,
        problems: Vec::new(),
    };
    let node = run.node(node);
    Substitution {
        node,
        problems: run.problems,
    }
}

/// What became of a text.
enum Filled {
    Text(String, bool),
    Node(Node),
}

impl Run<'_> {
    fn node(&mut self, node: &Node) -> Node {
        let kind = match &node.kind {
            Kind::Scalar(scalar) => return self.scalar(node, scalar),
            Kind::List(items) => Kind::List(items.iter().map(|item| self.node(item)).collect()),
            Kind::Map(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let filled = self.node(key);
                        let key = if filled.text().is_some() {
                            filled
                        } else {
                            self.problems.push(Diagnostic::place(
                                &key.place,
                                format!(
                                    "this placeholder stands for {}, which can be no name",
                                    filled.described()
                                ),
                            ));
                            key.clone()
                        };
                        (key, self.node(value))
                    })
                    .collect(),
            ),
        };
        Node {
            kind,
            place: node.place.clone(),
        }
    }

    fn scalar(&mut self, node: &Node, scalar: &Scalar) -> Node {
        if !scalar.text.contains("${") {
            return node.clone();
        }
        let outcome = parts(&scalar.text)
            .map_err(|message| (message, None))
            .and_then(|parts| self.fill(&parts, true));
        match outcome {
            Ok(Filled::Text(text, open)) => Node {
                kind: Kind::Scalar(Scalar {
                    text,
                    meaning: Meaning::Text,
                    open,
                }),
                place: node.place.clone(),
            },
            Ok(Filled::Node(value)) => placed(&value, node),
            Err((message, help)) => {
                let problem = Diagnostic::place(&node.place, message);
                self.problems.push(match help {
                    Some(help) => problem.help(help),
                    None => problem,
                });
                Node {
                    kind: Kind::Scalar(Scalar {
                        text: scalar.text.clone(),
                        meaning: Meaning::Text,
                        open: true,
                    }),
                    place: node.place.clone(),
                }
            }
        }
    }

    fn fill(&self, parts: &[Part], outermost: bool) -> Result<Filled, (String, Option<String>)> {
        let mut text = String::new();
        let mut open = false;
        for part in parts {
            match part {
                // What is escaped stays so until the last run.
                Part::Literal(literal) if self.partly => text.push_str(&literal.replace("${", "$${")),
                Part::Literal(literal) => text.push_str(literal),
                Part::Placeholder(name) => {
                    let (name, later) = match self.fill(name, false)? {
                        Filled::Text(name, later) => (name, later),
                        Filled::Node(_) => return Err(("a name must be a text".to_owned(), None)),
                    };
                    if !later && !is_name(&name) {
                        return Err((
                            format!("`{name}` is no name"),
                            Some(
                                "write `${name}` or `${name.field}`; `$${` stands for `${` itself".to_owned(),
                            ),
                        ));
                    }
                    match if later { Reply::Later } else { (self.reply)(&name) } {
                        Reply::Node(value) if outermost && parts.len() == 1 => {
                            return Ok(Filled::Node(value));
                        }
                        Reply::Node(value) => match value.text() {
                            Some(part) => {
                                text.push_str(part);
                                open |= part.contains("${");
                            }
                            None => {
                                return Err((
                                    format!(
                                        "`${{{name}}}` is {}, which cannot stand inside a text",
                                        value.described()
                                    ),
                                    Some("let it stand alone".to_owned()),
                                ));
                            }
                        },
                        Reply::Text(value) => text.push_str(&value),
                        Reply::Later => {
                            text.push_str("${");
                            text.push_str(&name);
                            text.push('}');
                            open = true;
                        }
                        Reply::Unknown(message, advice) => return Err((message, advice)),
                    }
                }
            }
        }
        Ok(Filled::Text(text, open))
    }
}

/// A value at the place where it is used, its own placeholders marked open.
fn placed(value: &Node, at: &Node) -> Node {
    let kind = match &value.kind {
        Kind::Scalar(scalar) => Kind::Scalar(Scalar {
            open: scalar.open || scalar.text.contains("${"),
            ..scalar.clone()
        }),
        Kind::List(items) => Kind::List(items.iter().map(|item| placed(item, at)).collect()),
        Kind::Map(entries) => Kind::Map(
            entries
                .iter()
                .map(|(key, value)| (placed(key, at), placed(value, at)))
                .collect(),
        ),
    };
    Node {
        kind,
        place: at.place.clone(),
    }
}
