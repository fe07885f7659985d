//! A running browser process.

use crate::{ContextOptions, Engine, Error, ErrorKind, Fidelity, Launch, Result, UserContext};

/// One warm browser process with its driver.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    version: String,
    fidelity: Vec<Fidelity>,
}

impl Browser {
    /// Starts driver and browser and opens the session.
    ///
    /// # Errors
    /// A program is missing or does not start, or the session is refused.
    pub async fn launch(launch: Launch) -> Result<Self> {
        drop(launch);
        Err(Error::new(
            "launch",
            ErrorKind::Unsupported {
                what: "be launched yet".into(),
            },
        ))
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Name and version as the session states them, such as `chrome 156.0.8078.79`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// In what it differs from a user's browser, and why.
    #[must_use]
    pub fn fidelity(&self) -> &[Fidelity] {
        &self.fidelity
    }

    /// Whether driver, browser and connection are still there.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        false
    }

    /// A fresh share of the browser: no cookies, no storage, own proxy, own journal.
    ///
    /// # Errors
    /// The browser is gone or refuses.
    pub async fn context(&self, options: ContextOptions) -> Result<UserContext> {
        drop(options);
        Err(Error::new(
            "open a user context",
            ErrorKind::Unsupported {
                what: "do it yet".into(),
            },
        ))
    }

    /// Process ids that were started, the driver's first, then the watchdog's.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        Vec::new()
    }

    /// Ends session, browser, driver and watchdog, and removes the profile.
    ///
    /// # Errors
    /// Something would not go away.
    pub async fn shutdown(self) -> Result<()> {
        Ok(())
    }
}
