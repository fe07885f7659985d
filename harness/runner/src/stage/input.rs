//! Steps of a person's hands: clicking, typing, keys.

use browser::{By, FrameSelector, Name};
use scenarios::model::{Fill, FrameName, Locator, Press, Typed};

use super::{Stage, StepError};
use crate::Broken;

impl Stage {
    pub(super) async fn click(&self, locator: &Locator, count: u32) -> Result<(), StepError> {
        self.tab()?
            .click(&self.locator(locator), browser::ClickOptions { count })
            .await?;
        Ok(())
    }

    pub(super) async fn fill(&self, fill: &Fill) -> Result<(), StepError> {
        let text = match &fill.with {
            Typed::Text(text) => text.clone(),
            Typed::OneTimeCode { one_time_code } => {
                self.world.one_time_code(one_time_code).ok_or_else(|| {
                    Broken::harness(format!("{one_time_code} has no authenticator app in this world"))
                })?
            }
        };
        self.tab()?.fill(&self.locator(&fill.field), &text).await?;
        Ok(())
    }

    pub(super) async fn select(&self, field: &Locator, option: &str) -> Result<(), StepError> {
        self.tab()?.select(&self.locator(field), option).await?;
        Ok(())
    }

    pub(super) async fn press(&self, press: &Press) -> Result<(), StepError> {
        let (key, on, times) = match press {
            Press::Key(key) => (key, None, 1),
            Press::On { key, on, times } => (key, on.as_ref(), *times),
        };
        let on = on.map(|locator| self.locator(locator));
        for nth in 0..times {
            // Only the first press moves the focus; the rest go where the first one left it.
            let target = if nth == 0 { on.as_ref() } else { None };
            self.tab()?.press(key, target).await?;
        }
        Ok(())
    }

    pub(super) async fn focus(&self, locator: &Locator) -> Result<(), StepError> {
        self.tab()?.focus(&self.locator(locator)).await?;
        Ok(())
    }

    pub(super) async fn hover(&self, locator: &Locator) -> Result<(), StepError> {
        self.tab()?.hover(&self.locator(locator)).await?;
        Ok(())
    }

    pub(super) async fn scroll_to(&self, locator: &Locator) -> Result<(), StepError> {
        self.tab()?.scroll_into_view(&self.locator(locator)).await?;
        Ok(())
    }

    /// A locator of the language as the browser room takes it; named ones are looked up in the map.
    pub(super) fn locator(&self, locator: &Locator) -> browser::Locator {
        if let Some(named) = &locator.named
            && let Some(mapped) = self.shared.options.locators.get(named)
        {
            return self.locator(&locator.resolved(mapped));
        }
        let text = |text: &String| {
            if locator.partly {
                Name::Substring(text.clone())
            } else {
                Name::Exact(text.clone())
            }
        };
        let by = if let Some(role) = &locator.role {
            By::Role {
                role: role.clone(),
                name: locator.name.as_ref().map(text),
                level: None,
                hidden: locator.hidden,
            }
        } else if let Some(wanted) = &locator.text {
            By::Text(text(wanted))
        } else if let Some(wanted) = &locator.label {
            By::Label(text(wanted))
        } else if let Some(wanted) = &locator.placeholder {
            By::Placeholder(text(wanted))
        } else if let Some(id) = &locator.test_id {
            By::TestId(id.clone())
        } else {
            By::Css(locator.css.clone().unwrap_or_else(|| "*".to_owned()))
        };
        browser::Locator {
            by,
            frame: locator
                .frame
                .as_ref()
                .map_or(FrameSelector::Top, |frame| self.frame(frame)),
            within: locator
                .within
                .as_ref()
                .map(|within| Box::new(self.locator(within))),
            nth: locator.nth,
        }
    }

    /// A frame of the language as the browser room takes it.
    pub(super) fn frame(&self, name: &FrameName) -> FrameSelector {
        match self.origins.get(&name.0) {
            Some(origin) => FrameSelector::Origin(origin.clone()),
            None if name.0.contains('*') => FrameSelector::Url(name.0.clone()),
            None => FrameSelector::Origin(name.0.clone()),
        }
    }
}
