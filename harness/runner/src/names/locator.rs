//! Locators: what they are called in `rehearse.toml`, and the frames they name.

use scenarios::model::Locator;
use scenarios::{Diagnostic, Location};

use super::Names;

impl Names<'_> {
    pub(super) fn locator(&self, at: &Location, locator: &Locator, wrong: &mut Vec<Diagnostic>) {
        if let Some(named) = &locator.named {
            match self.locators.get(named) {
                Some(mapped) => self.mapped(at, named, locator, mapped, wrong),
                None => wrong.push(
                    Diagnostic::at(at.clone(), format!("no locator is called `{named}`"))
                        .help(format!("map it in `rehearse.toml`, under `[locators.{named}]`")),
                ),
            }
        }
        if let Some(frame) = &locator.frame {
            self.frame(at, frame, wrong);
        }
        if let Some(within) = &locator.within {
            self.locator(at, within, wrong);
        }
    }

    /// The frames that a locator of the map names: only here is it known in which world.
    fn mapped(
        &self,
        at: &Location,
        named: &str,
        locator: &Locator,
        mapped: &Locator,
        wrong: &mut Vec<Diagnostic>,
    ) {
        // A frame beside the name takes the place of the mapped one.
        let own = mapped.frame.as_ref().filter(|_| locator.frame.is_none());
        let around = std::iter::successors(mapped.within.as_deref(), |outer| outer.within.as_deref());
        for frame in own
            .into_iter()
            .chain(around.filter_map(|outer| outer.frame.as_ref()))
        {
            if !self.is_frame(frame) {
                let known: Vec<_> = self.origins.keys().map(|name| format!("`{name}`")).collect();
                wrong.push(
                    Diagnostic::at(
                        at.clone(),
                        format!(
                            "the locator `{named}` is in the frame `{}`, and this world has no such origin",
                            frame.0
                        ),
                    )
                    .help(format!(
                        "mend `frame` in `rehearse.toml`, under `[locators.{named}]`: there are {}",
                        known.join(", ")
                    )),
                );
            }
        }
    }
}
