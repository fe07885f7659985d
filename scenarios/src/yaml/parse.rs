//! From text to tree, with limits: a file is refused, never obeyed, when it would grow without end.

use std::collections::HashMap;
use std::sync::Arc;

use serde_saphyr::granit_parser::{Event, Marker, Parser, ScalarStyle, Span};

use super::node::{Kind, Node, Scalar};
use crate::Diagnostic;
use crate::place::{Place, Source};

/// Longest file, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Most parts of a document, aliases counted as often as they are used.
const MOST_NODES: usize = 100_000;
/// Deepest nesting.
const DEEPEST: usize = 64;

/// Reads a document.
pub(crate) fn parse(source: &Arc<Source>) -> Result<Node, Vec<Diagnostic>> {
    let start = Place {
        source: Arc::clone(source),
        line: 1,
        column: 1,
        range: 0..source.text.len().min(1),
    };
    if source.text.len() > LARGEST {
        return Err(vec![Diagnostic::place(
            &start,
            format!(
                "this file has {} bytes; at most {LARGEST} are read",
                source.text.len()
            ),
        )]);
    }
    let mut builder = Builder {
        source,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        root: None,
        problems: Vec::new(),
    };
    // A byte order mark is no content.
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let skipped = source.text.len() - text.len();
    for next in Parser::new_from_str(text) {
        match next {
            Ok((event, span)) => {
                if let Err(problem) = builder.take(event, &span, skipped) {
                    builder.problems.push(*problem);
                    return Err(builder.problems);
                }
            }
            Err(error) => {
                let place = builder.mark(error.marker(), skipped);
                builder.problems.push(explain(&error.info(), &place));
                return Err(builder.problems);
            }
        }
    }
    if !builder.problems.is_empty() {
        return Err(builder.problems);
    }
    builder
        .root
        .ok_or_else(|| vec![Diagnostic::place(&start, "this file is empty")])
}

struct Builder<'source> {
    source: &'source Arc<Source>,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
    problems: Vec<Diagnostic>,
}

/// A list or map that is not closed yet.
struct Open {
    anchor: usize,
    place: Place,
    before: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map(Vec<(Node, Node)>, Option<Node>),
}

type Refused = Box<Diagnostic>;

impl Builder<'_> {
    fn mark(&self, mark: &Marker, skipped: usize) -> Place {
        let from = (mark.byte_offset().unwrap_or(0) + skipped).min(self.source.text.len());
        Place {
            source: Arc::clone(self.source),
            line: mark.line() as u64,
            column: mark.col() as u64 + 1,
            range: from..from,
        }
    }

    fn place(&self, span: &Span, skipped: usize) -> Place {
        let mut place = self.mark(&span.start, skipped);
        let until = span.end.byte_offset().unwrap_or(0) + skipped;
        place.range.end = until.clamp(place.range.start, self.source.text.len());
        place
    }

    fn take(&mut self, event: Event<'_>, span: &Span, skipped: usize) -> Result<(), Refused> {
        let place = self.place(span, skipped);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if tag.is_some_and(|tag| tag.is_custom()) {
                    return Err(Box::new(
                        Diagnostic::place(&place, "YAML tags have no meaning here")
                            .help("leave the `!…` out"),
                    ));
                }
                let scalar = match style {
                    ScalarStyle::Plain => Scalar::plain(text.into_owned()),
                    _ => Scalar::quoted(text.into_owned()),
                };
                let node = Node {
                    kind: Kind::Scalar(scalar),
                    place,
                };
                self.close(node, anchor, 1)
            }
            Event::SequenceStart(_, anchor, _) => self.open(anchor, place, Content::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.open(anchor, place, Content::Map(Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(mut open) = self.stack.pop() else {
                    return Ok(());
                };
                let kind = match open.content {
                    Content::List(items) => Kind::List(items),
                    Content::Map(entries, _) => Kind::Map(entries),
                };
                match &kind {
                    // `{ … }` is marked whole, a block by its first key.
                    Kind::Map(entries) if open.place.range.is_empty() => {
                        if let Some((key, _)) = entries.first() {
                            open.place.range.clone_from(&key.place.range);
                        }
                    }
                    _ => open.place.range.end = place.range.end.max(open.place.range.end),
                }
                let size = self.nodes - open.before;
                let node = Node {
                    kind,
                    place: open.place,
                };
                self.close(node, open.anchor, size)
            }
            Event::Alias(id) => match self.anchors.get(&id) {
                Some((node, size)) => {
                    let (node, size) = (node.clone(), *size);
                    self.count(size, &place)?;
                    self.close(node, 0, size)
                }
                None => Err(Box::new(Diagnostic::place(
                    &place,
                    "this alias stands inside its own anchor",
                ))),
            },
            Event::DocumentStart(..) if self.root.is_some() => Err(Box::new(
                Diagnostic::place(&place, "a file holds one document; here begins a second one")
                    .help("move it to a file of its own"),
            )),
            _ => Ok(()),
        }
    }

    fn count(&mut self, more: usize, place: &Place) -> Result<(), Refused> {
        self.nodes += more;
        if self.nodes > MOST_NODES {
            return Err(Box::new(Diagnostic::place(
                place,
                format!("this file grows beyond {MOST_NODES} parts"),
            )));
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, place: Place, content: Content) -> Result<(), Refused> {
        if self.stack.len() >= DEEPEST {
            return Err(Box::new(Diagnostic::place(
                &place,
                format!("this is nested deeper than {DEEPEST} levels"),
            )));
        }
        let before = self.nodes;
        self.count(1, &place)?;
        self.stack.push(Open {
            anchor,
            place,
            before,
            content,
        });
        Ok(())
    }

    fn close(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), Refused> {
        if matches!(node.kind, Kind::Scalar(_)) {
            self.count(1, &node.place)?;
        }
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        let Some(open) = self.stack.last_mut() else {
            self.root.get_or_insert(node);
            return Ok(());
        };
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Map(entries, waiting) => match waiting.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let Some(name) = node.text() else {
                        return Err(Box::new(
                            Diagnostic::place(&node.place, "a field's name must be a text")
                                .help("a placeholder after a colon needs quotes: `\"${name}\"`"),
                        ));
                    };
                    if let Some((first, _)) = entries.iter().find(|(key, _)| key.text() == Some(name)) {
                        let problem = Diagnostic::place(&node.place, format!("`{name}` is given twice"))
                            .labelled("here again")
                            .beside(&first.place, "first here");
                        self.problems.push(problem);
                    }
                    *waiting = Some(node);
                }
            },
        }
        Ok(())
    }
}

/// What the parser says, with what is behind it more often than not.
fn explain(message: &str, place: &Place) -> Diagnostic {
    let problem = Diagnostic::place(place, format!("this is no valid YAML: {message}"));
    let lines: Vec<&str> = place.source.text.lines().collect();
    let line = usize::try_from(place.line).unwrap_or(1);
    let near = [line.saturating_sub(1), line.saturating_sub(2), line];
    let tab = near.iter().filter_map(|at| lines.get(*at)).any(|text| {
        let indentation: &str = &text[..text.len() - text.trim_start().len()];
        indentation.contains('\t')
    });
    if tab || message.contains("tab") {
        return problem.help("YAML is indented with spaces, never with tabs");
    }
    let unquoted = near
        .iter()
        .filter_map(|at| lines.get(*at))
        .any(|text| text.contains("${") && !text.contains("\"") && !text.contains('\''));
    if unquoted {
        return problem.help("inside `{ }` and `[ ]` a placeholder needs quotes: `\"${name}\"`");
    }
    let text = lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
    if text.matches(": ").count() > 1 && !text.contains('{') {
        return problem.help("a text that holds `: ` needs quotes");
    }
    problem
}
