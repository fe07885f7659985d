//! The checks of the workspace, in their order.

use clap::ValueEnum;

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Browsers and drivers of every engine, npm and Python packages
    Setup,
    /// Formatting
    Fmt,
    /// Lints, warnings denied
    Clippy,
    /// Licences, banned crates and sources of the dependency tree
    Deny,
    /// Dependencies that no code uses
    Unused,
    /// The pages of the Rust documentation, warnings denied
    Doc,
    /// Unit tests, the rooms' edges and the catalogue
    Test,
    /// Known-bad edits, each of which must turn its scenarios red
    Sabotage,
    /// Known vulnerabilities in the dependency tree; asks the network, so only when named
    Advisories,
}

impl Stage {
    /// The checks that are held when none is named, in their order.
    pub(crate) const USUAL: [Self; 8] = [
        Self::Setup,
        Self::Fmt,
        Self::Clippy,
        Self::Deny,
        Self::Unused,
        Self::Doc,
        Self::Test,
        Self::Sabotage,
    ];

    /// The checks without which this one would only repeat their bad news, at length: without browsers there is no
    /// catalogue, and what a sabotaged app does says nothing while the healthy one is red.
    pub(crate) fn builds_on(self) -> &'static [Self] {
        match self {
            Self::Test => &[Self::Setup],
            Self::Sabotage => &[Self::Setup, Self::Test],
            _ => &[],
        }
    }

    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}
