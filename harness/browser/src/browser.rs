//! A running browser process.

use std::sync::Arc;

use crate::driver::Driver;
use crate::session::Session;
use crate::{ContextOptions, Engine, Error, Fidelity, Launch, Result, UserContext};

/// One warm browser process with its driver.
///
/// Dropping it without [`Browser::shutdown`] ends everything too, a moment later, by the watchdog.
#[derive(Debug)]
#[must_use = "a browser that is dropped is ended"]
pub struct Browser {
    session: Arc<Session>,
}

impl Browser {
    /// Starts driver and browser and opens the session.
    ///
    /// # Errors
    /// A program is missing or does not start, or the session is refused.
    pub async fn launch(launch: Launch) -> Result<Self> {
        let attempt = format!("launch {}", launch.engine);
        let session = Self::open(&launch).await.map_err(|error| error.during(attempt))?;
        Ok(Self {
            session: Arc::new(session),
        })
    }

    async fn open(launch: &Launch) -> Result<Session> {
        let folder = |error: std::io::Error| {
            Error::launch(format!("make a folder in {}", launch.scratch.display()), error)
        };
        // The watchdog removes it; until there is one, this guard does.
        let scratch = tempfile::Builder::new()
            .prefix("rehearse-")
            .tempdir_in(&launch.scratch)
            .map_err(folder)?;
        let driver = match launch.remote {
            Some(_) => None,
            None => Some(Driver::start(launch, scratch.path()).await?),
        };
        let session = Session::open(launch, driver, scratch.path()).await?;
        if launch.remote.is_none() {
            let _ = scratch.keep();
        }
        Ok(session)
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.session.engine
    }

    /// Name and version as the session states them, such as `chrome 156.0.8078.79`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.session.version
    }

    /// In what it differs from a user's browser, and why.
    #[must_use]
    pub fn fidelity(&self) -> &[Fidelity] {
        &self.session.fidelity
    }

    /// Whether driver and connection are still there.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.session.is_alive()
    }

    /// A fresh share of the browser: no cookies, no storage, own proxy, own journal.
    ///
    /// # Errors
    /// The browser is gone or refuses.
    pub async fn context(&self, options: ContextOptions) -> Result<UserContext> {
        UserContext::open(Arc::clone(&self.session), options).await
    }

    /// Ids of the watchdog's process and the browser's main process; empty for a remote browser.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        self.session.process_ids()
    }

    /// Ends session, browser, driver and watchdog, and removes the profile.
    ///
    /// # Errors
    /// Something would not go away in time.
    pub async fn shutdown(self) -> Result<()> {
        self.session.close().await
    }
}
