//! A running browser process.

use std::sync::Arc;

use tempfile::TempDir;

use crate::driver::Driver;
use crate::session::Session;
use crate::{ContextOptions, Engine, Error, Fidelity, Launch, Result, UserContext};

/// How often a driver may be started until it has a port.
const STARTS: usize = 5;

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
        let (scratch, driver) = match launch.remote {
            Some(_) => (scratch(launch)?, None),
            None => {
                let (scratch, driver) = driver(launch).await?;
                (scratch, Some(driver))
            }
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

    /// The browser's version as the session states it, such as `156.0.8078.79`.
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

/// A folder for the browser. The watchdog removes it; until there is one, this guard does.
fn scratch(launch: &Launch) -> Result<TempDir> {
    tempfile::Builder::new()
        .prefix("rehearse-")
        .tempdir_in(&launch.scratch)
        .map_err(|error| Error::launch(format!("make a folder in {}", launch.scratch.display()), error))
}

/// A driver that listens, and its folder. Now and then one finds the port taken that it has just chosen.
async fn driver(launch: &Launch) -> Result<(TempDir, Driver)> {
    let mut starts = 0;
    loop {
        starts += 1;
        let scratch = scratch(launch)?;
        match Driver::start(launch, scratch.path()).await {
            Ok(driver) => return Ok((scratch, driver)),
            Err(refused) if refused.port_was_taken && starts < STARTS => {
                tracing::debug!(error = %refused.error, "the driver lost its port");
            }
            Err(refused) => return Err(refused.error),
        }
    }
}
