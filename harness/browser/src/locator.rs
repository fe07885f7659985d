//! Naming an element the way a person would: by role, name, label or text, in a frame.

use std::fmt;

use serde::Serialize;

/// Which element is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locator {
    /// How it is recognised.
    pub by: By,
    /// The frame it is in.
    pub frame: FrameSelector,
    /// An element it lies within, searched in the same frame; that one's own frame is not looked at.
    pub within: Option<Box<Locator>>,
    /// Which of several matches, from 0; none means there must be exactly one.
    pub nth: Option<usize>,
}

/// How an element is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// By ARIA role, explicit or implied, and accessible name.
    Role {
        /// The role, such as `button`.
        role: String,
        /// The accessible name; none matches any.
        name: Option<Name>,
        /// Heading level, for `heading`.
        level: Option<u32>,
        /// Whether elements that are hidden from assistive technology match as well.
        hidden: bool,
    },
    /// By its own text.
    Text(Name),
    /// A form control by its label.
    Label(Name),
    /// A form control by its placeholder.
    Placeholder(Name),
    /// By `data-testid`, exactly.
    TestId(String),
    /// By CSS selector.
    Css(String),
}

/// How a text is compared. White space is collapsed first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// The whole text, case-sensitive.
    Exact(String),
    /// A part of it, without regard to case.
    Substring(String),
    /// A JavaScript regular expression.
    Pattern(String),
}

/// Which frame of a tab is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FrameSelector {
    /// The tab's own document.
    #[default]
    Top,
    /// The first frame, in tree order, whose document has this origin (`https://host[:port]` or `null`).
    Origin(String),
    /// The first frame, in tree order, whose URL matches this glob (`*` stays within a path segment, `**` does not).
    Url(String),
    /// The frame with this BiDi browsing context id.
    Context(String),
    /// Every frame of the tab.
    Any,
}

impl Locator {
    /// An element of the tab's own document.
    #[must_use]
    pub fn new(by: By) -> Self {
        Self {
            by,
            frame: FrameSelector::Top,
            within: None,
            nth: None,
        }
    }

    /// An element by role and exact accessible name.
    #[must_use]
    pub fn role(role: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(By::Role {
            role: role.into(),
            name: Some(Name::Exact(name.into())),
            level: None,
            hidden: false,
        })
    }

    /// An element by CSS selector.
    #[must_use]
    pub fn css(selector: impl Into<String>) -> Self {
        Self::new(By::Css(selector.into()))
    }

    /// An element by its exact text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(By::Text(Name::Exact(text.into())))
    }

    /// A form control by its exact label.
    #[must_use]
    pub fn label(text: impl Into<String>) -> Self {
        Self::new(By::Label(Name::Exact(text.into())))
    }

    /// The same element in another frame.
    #[must_use]
    pub fn in_frame(mut self, frame: FrameSelector) -> Self {
        self.frame = frame;
        self
    }

    /// The same element, but only within another one.
    #[must_use]
    pub fn within(mut self, outer: Locator) -> Self {
        self.within = Some(Box::new(outer));
        self
    }

    /// One of several matches, counted from 0.
    #[must_use]
    pub fn nth(mut self, nth: usize) -> Self {
        self.nth = Some(nth);
        self
    }

    /// As page code takes it.
    pub(crate) fn to_wire(&self) -> WireLocator {
        let name = |name: &Name| match name {
            Name::Exact(text) => WireName::Exact(text.clone()),
            Name::Substring(text) => WireName::Substring(text.clone()),
            Name::Pattern(text) => WireName::Pattern(text.clone()),
        };
        let by = match &self.by {
            By::Role {
                role,
                name: wanted,
                level,
                hidden,
            } => WireBy::Role {
                role: role.clone(),
                name: wanted.as_ref().map(name),
                level: *level,
                hidden: *hidden,
            },
            By::Text(text) => WireBy::Text { text: name(text) },
            By::Label(text) => WireBy::Label { text: name(text) },
            By::Placeholder(text) => WireBy::Placeholder { text: name(text) },
            By::TestId(id) => WireBy::TestId { id: id.clone() },
            By::Css(selector) => WireBy::Css {
                selector: selector.clone(),
            },
        };
        WireLocator {
            by,
            within: self.within.as_ref().map(|outer| Box::new(outer.to_wire())),
            nth: self.nth,
        }
    }
}

/// A locator as page code takes it; the frame is already chosen.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WireLocator {
    by: WireBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<Box<WireLocator>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<usize>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum WireBy {
    Role {
        role: String,
        name: Option<WireName>,
        level: Option<u32>,
        hidden: bool,
    },
    Text {
        text: WireName,
    },
    Label {
        text: WireName,
    },
    Placeholder {
        text: WireName,
    },
    TestId {
        id: String,
    },
    Css {
        selector: String,
    },
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
enum WireName {
    Exact(String),
    Substring(String),
    Pattern(String),
}

impl fmt::Display for Locator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.by.fmt(formatter)?;
        if let Some(nth) = self.nth {
            write!(formatter, ", number {nth}")?;
        }
        if let Some(outer) = &self.within {
            write!(formatter, " within {}", outer.by)?;
        }
        match &self.frame {
            FrameSelector::Top => Ok(()),
            frame => write!(formatter, " in {frame}"),
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role {
                role, name, level, ..
            } => {
                formatter.write_str(role)?;
                if let Some(level) = level {
                    write!(formatter, " of level {level}")?;
                }
                name.as_ref().map_or(Ok(()), |name| write!(formatter, " {name}"))
            }
            Self::Text(text) => write!(formatter, "text {text}"),
            Self::Label(text) => write!(formatter, "field labelled {text}"),
            Self::Placeholder(text) => write!(formatter, "field with placeholder {text}"),
            Self::TestId(id) => write!(formatter, "test id `{id}`"),
            Self::Css(selector) => write!(formatter, "`{selector}`"),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) => write!(formatter, "\"{text}\""),
            Self::Substring(text) => write!(formatter, "containing \"{text}\""),
            Self::Pattern(text) => write!(formatter, "matching /{text}/"),
        }
    }
}

impl fmt::Display for FrameSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => formatter.write_str("the top frame"),
            Self::Origin(origin) => write!(formatter, "the frame of {origin}"),
            Self::Url(glob) => write!(formatter, "the frame at {glob}"),
            Self::Context(id) => write!(formatter, "frame {id}"),
            Self::Any => formatter.write_str("any frame"),
        }
    }
}
