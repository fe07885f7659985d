//! The browser engines whose parts this room can bring.

use std::fmt;
use std::str::FromStr;

/// A browser engine that a run can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// Chromium or Google Chrome, driven by ChromeDriver.
    Chromium,
    /// Firefox, driven by geckodriver.
    Firefox,
}

impl Engine {
    /// Every engine, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        })
    }
}

/// A name that is no engine of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no engine is called `{0}`; the set-up knows `chromium` and `firefox`")]
pub struct UnknownEngine(pub String);

impl FromStr for Engine {
    type Err = UnknownEngine;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|engine| engine.to_string() == name)
            .ok_or_else(|| UnknownEngine(name.to_owned()))
    }
}
