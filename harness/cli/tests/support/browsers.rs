//! Which browsers this machine has.

use super::checkout;

/// An engine, as the command line calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Chromium,
    Firefox,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    /// Part of the driver's file name.
    pub(crate) fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
        }
    }

    /// # Panics
    /// Browser or driver are wanting: a test that is left out must not look like one that passed.
    pub(crate) fn must_be_installed(self) {
        let tools = tools();
        let there = match self {
            Self::Chromium => tools.chromium.is_some() && tools.chromedriver.is_some(),
            Self::Firefox => tools.firefox.is_some() && tools.geckodriver.is_some(),
        };
        assert!(
            there,
            "{} or its driver is not installed: `cargo xtask setup` brings it",
            self.name()
        );
    }
}

/// Browsers and drivers of this machine.
pub(crate) fn tools() -> setup::Tools {
    setup::Tools::discover(&setup::Context::of_checkout(checkout()))
}
