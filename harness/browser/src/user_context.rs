//! One scenario's share of a browser.

use std::net::SocketAddr;
use std::time::Duration;

use journal::Recorder;

use crate::{Cookie, Error, ErrorKind, Result, Tab};

/// What a user context is opened with.
#[derive(Debug, Clone)]
pub struct ContextOptions {
    /// The gateway of this scenario's world.
    pub proxy: SocketAddr,
    /// The journal of this scenario.
    pub recorder: Recorder,
    /// How long an action waits for its element by itself.
    pub patience: Duration,
}

impl ContextOptions {
    /// With the default patience of five seconds.
    #[must_use]
    pub fn new(proxy: SocketAddr, recorder: Recorder) -> Self {
        Self {
            proxy,
            recorder,
            patience: Duration::from_secs(5),
        }
    }
}

/// How the pages came to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// Rounds it took.
    pub rounds: u32,
    /// What was still moving when the deadline passed; empty where all came to rest.
    pub restless: Vec<String>,
}

/// One round of settling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Something happened during this round, or is known to be about to.
    pub stirred: bool,
    /// What, in words.
    pub restless: Vec<String>,
}

/// One scenario's share of a browser: own cookies, storage, proxy and journal.
#[derive(Debug)]
pub struct UserContext {}

fn later() -> Error {
    Error::new(
        "",
        ErrorKind::Unsupported {
            what: "do it yet".into(),
        },
    )
}

impl UserContext {
    /// Opens an empty tab and brings it to the front.
    ///
    /// # Errors
    /// The browser is gone or refuses.
    pub async fn open_tab(&self) -> Result<Tab> {
        Err(later())
    }

    /// The open tabs, popups of pages included, oldest first.
    #[must_use]
    pub fn tabs(&self) -> Vec<Tab> {
        Vec::new()
    }

    /// One round of settling: every frame runs a task, every message on its way between frames is
    /// delivered, short timers run out, and known requests end.
    ///
    /// The caller adds what it knows (an idle gateway) and calls again while anything stirs: pages are
    /// at rest after two rounds in a row in which nothing did.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn settle_round(&self) -> Result<Round> {
        Err(later())
    }

    /// Rounds until two in a row see nothing stir, or the deadline passes.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn settle(&self, deadline: Duration) -> Result<Rest> {
        let _ = deadline;
        Err(later())
    }

    /// Moves the clock of the journal and of every frame ahead together, firing what falls due on the
    /// way in order of time, and says how many timers fired.
    ///
    /// # Errors
    /// The browser is pristine or gone.
    pub async fn advance(&self, by: Duration) -> Result<u64> {
        let _ = by;
        Err(later())
    }

    /// The cookies that lie on an origin's host (`https://host[:port]`), in every partition.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn cookies(&self, origin: &str) -> Result<Vec<Cookie>> {
        let _ = origin;
        Err(later())
    }

    /// Sends every tab to `about:blank`, so that pages unload as for a person who leaves and their
    /// last beacons go out.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn leave(&self) -> Result<()> {
        Err(later())
    }

    /// Removes tabs, page code and the context itself.
    ///
    /// # Errors
    /// The browser is gone.
    pub async fn close(self) -> Result<()> {
        Ok(())
    }
}
