//! Steps that go somewhere: tabs and navigations.

use scenarios::model::NavigateFrame;
use url::Url;

use super::{MAIN, Stage, StepError};
use crate::Broken;

impl Stage {
    pub(super) async fn open(&self, url: &str) -> Result<(), StepError> {
        let url = self.absolute(url)?;
        self.tab()?.navigate(&url).await?;
        Ok(())
    }

    pub(super) async fn open_tab(&mut self, name: &str, url: &str) -> Result<(), StepError> {
        let url = self.absolute(url)?;
        let tab = self.context.open_tab().await?;
        tab.activate().await?;
        self.tabs.insert(name.to_owned(), tab);
        name.clone_into(&mut self.current);
        self.tab()?.navigate(&url).await?;
        Ok(())
    }

    pub(super) async fn switch_tab(&mut self, name: &str) -> Result<(), StepError> {
        name.clone_into(&mut self.current);
        self.tab()?.activate().await?;
        Ok(())
    }

    pub(super) async fn close_tab(&mut self, name: &str) -> Result<(), StepError> {
        let tab = self
            .tabs
            .remove(name)
            .ok_or_else(|| Broken::harness(format!("there is no tab `{name}`")))?;
        tab.close().await?;
        MAIN.clone_into(&mut self.current);
        if let Ok(main) = self.tab() {
            main.activate().await?;
        }
        Ok(())
    }

    pub(super) async fn navigate_frame(&self, navigate: &NavigateFrame) -> Result<(), StepError> {
        let target = match self.origins.get(&navigate.to) {
            Some(origin) => format!("{origin}{}", world::BLANK_PATH),
            None => self.absolute(&navigate.to)?,
        };
        let frame = self.frame(&navigate.frame);
        self.tab()?.navigate_frame(&frame, &target).await?;
        Ok(())
    }

    /// A URL of a scenario: absolute as it is, a path on the world's front end.
    pub(super) fn absolute(&self, url: &str) -> Result<String, Broken> {
        let front = self.origin(&self.prepared.spec.front_end);
        Url::parse(&front)
            .and_then(|base| base.join(url))
            .map(String::from)
            .map_err(|error| Broken::harness(format!("`{url}` is no URL: {error}")))
    }
}
