//! What is wrong with a file, where, and what would be right.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::Location;
use crate::place::{Place, Source};

/// One mistake in a file of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    message: String,
    label: String,
    help: Option<String>,
    location: Location,
    source: Option<Arc<Source>>,
    range: Option<Range<usize>>,
    beside: Option<(Range<usize>, String)>,
}

impl Diagnostic {
    /// A mistake at a place, for those who check what this crate cannot know (names of worlds, directions for mocks).
    #[must_use]
    pub fn at(location: Location, message: impl Into<String>) -> Self {
        Self {
            message: sentence(&message.into()),
            label: String::new(),
            help: None,
            location,
            source: None,
            range: None,
            beside: None,
        }
    }

    /// An unknown name at a place, with what was probably meant or else what there is.
    #[must_use]
    pub fn unknown<'a>(
        location: Location,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::at(location, format!("there is no {what} `{name}`")).advised(name, known)
    }

    pub(crate) fn place(place: &Place, message: impl Into<String>) -> Self {
        Self {
            source: Some(Arc::clone(&place.source)),
            range: Some(place.range.clone()),
            ..Self::at(place.location(), message)
        }
    }

    /// Adds what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(sentence(&help.into()));
        self
    }

    pub(crate) fn advised<'a>(mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        if let Some(advice) = crate::suggest::advice(name, known) {
            self.help = Some(sentence(&advice));
        }
        self
    }

    /// Adds a few words at the marked text.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = sentence(&label.into());
        self
    }

    pub(crate) fn beside(mut self, place: &Place, label: impl Into<String>) -> Self {
        if self
            .source
            .as_ref()
            .is_some_and(|source| Arc::ptr_eq(source, &place.source))
        {
            self.beside = Some((place.range.clone(), sentence(&label.into())));
        }
        self
    }

    /// What is wrong, in a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would be right.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Where.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The mistake with the lines around it. Colours are ANSI escapes.
    #[must_use]
    pub fn render(&self, colours: bool) -> String {
        let renderer = if colours {
            Renderer::styled()
        } else {
            Renderer::plain()
        }
        .decor_style(DecorStyle::Ascii);
        let title = Level::ERROR.primary_title(&self.message);
        let text = match &self.source {
            Some(source) => Some(source.text.clone()),
            None => std::fs::read_to_string(&self.location.file).ok(),
        };
        let found = text.and_then(|text| {
            let range = self.range.clone().or_else(|| range_at(&text, &self.location))?;
            Some((text, range))
        });
        let Some((text, range)) = found else {
            let mut plain = format!("error: {}\n --> {}", self.message, self.location);
            if let Some(help) = &self.help {
                plain.push_str("\n  = help: ");
                plain.push_str(help);
            }
            return plain;
        };
        // Columns are counted by the renderer; control characters would confuse it and the terminal.
        let text = shown(&text);
        let mut snippet = Snippet::source(text.as_str())
            .path(self.location.file.to_string_lossy())
            .annotation(
                AnnotationKind::Primary
                    .span(one_line(&text, range))
                    .label(&self.label),
            );
        if let Some((range, label)) = &self.beside {
            snippet = snippet.annotation(
                AnnotationKind::Context
                    .span(one_line(&text, range.clone()))
                    .label(label),
            );
        }
        let mut group = title.element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        renderer.render(&[group])
    }
}

/// What a message may say: it quotes the file, and what stands there must not command the terminal.
fn sentence(text: &str) -> String {
    shown(text).replace('\t', " ")
}

/// The text with control characters replaced by ones of the same length that a terminal shows.
fn shown(text: &str) -> String {
    text.chars()
        .flat_map(|character| {
            let hidden = character.is_control() && !matches!(character, '\n' | '\t');
            let (character, times) = if character == '\r' {
                (' ', 1)
            } else if hidden {
                ('?', character.len_utf8())
            } else {
                (character, 1)
            };
            std::iter::repeat_n(character, times)
        })
        .collect()
}

/// The part of a range on its first line, within the text and on character boundaries; never empty where that can be.
fn one_line(text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = range.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let mut end = range.end.clamp(start, line_end);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let trimmed = start + text[start..end].trim_end().len();
    if trimmed > start {
        return start..trimmed;
    }
    let next = text[start..line_end].chars().next().map_or(0, char::len_utf8);
    start..start + next
}

fn range_at(text: &str, location: &Location) -> Option<Range<usize>> {
    let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..)?;
    let column = usize::try_from(location.column).ok()?.saturating_sub(1);
    let offset = rest.char_indices().nth(column).map_or(0, |(at, _)| at);
    let tail = &rest[offset..];
    let length = tail.find(['\n', ',', '}']).unwrap_or(tail.len());
    Some(start + offset..start + offset + length)
}

impl fmt::Display for Diagnostic {
    /// With the lines around it, without colours; with `{:#}` one line of place, message and advice.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !formatter.alternate() {
            return formatter.write_str(&self.render(false));
        }
        write!(formatter, "{}: {}", self.location, self.message)?;
        match &self.help {
            Some(help) => write!(formatter, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_does_not_command_the_terminal() {
        let location = Location {
            file: "no-such-file.yaml".into(),
            line: 1,
            column: 1,
        };
        let diagnostic = Diagnostic::unknown(location, "step", "\u{1b}[2J\tclick", ["click"]);
        for said in [diagnostic.render(false), format!("{diagnostic:#}")] {
            assert!(said.contains("there is no step `?[2J click`"), "{said}");
            assert!(!said.contains('\u{1b}'));
        }
    }
}
