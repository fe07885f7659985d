//! Warm browsers, kept between scenarios and, where wanted, between runs.

use std::sync::{Arc, Mutex};

use browser::{Browser, Launch};
use scenarios::model::{CookiePolicy, Engine};
use world::{Authority, Quarantine};

use crate::shared::lock;
use crate::{Broken, Error, Options};

/// What a browser process was started for; only a like one can stand in for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) engine: Engine,
    pub(crate) cookies: CookiePolicy,
    pub(crate) pristine: bool,
    pub(crate) headed: bool,
}

/// A browser with what it needs to live.
pub(crate) struct Warm {
    pub(crate) key: Key,
    pub(crate) browser: Browser,
    /// The browser's own traffic goes here; it lives as long as the browser.
    _quarantine: Quarantine,
}

/// The browsers of one harness process, and the authority they trust.
///
/// End it with [`BrowserPool::close`]. A process that dies without doing so leaves the clearing up to the
/// watchdog.
#[must_use = "a pool must be closed, so that its browsers end"]
pub struct BrowserPool {
    authority: Arc<Authority>,
    idle: Mutex<Vec<Warm>>,
}

impl BrowserPool {
    /// A pool without browsers yet, with an authority of its own.
    ///
    /// # Errors
    /// No authority can be made.
    pub fn open() -> Result<Self, Error> {
        Ok(Self {
            authority: Arc::new(Authority::generate()?),
            idle: Mutex::default(),
        })
    }

    pub(crate) fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    /// A browser that fits: one at rest, or a new one.
    pub(crate) async fn take(&self, key: Key, options: &Options) -> Result<Warm, Broken> {
        let at_rest = {
            let mut idle = lock(&self.idle);
            idle.iter()
                .position(|warm| warm.key == key && warm.browser.is_alive())
                .map(|index| idle.swap_remove(index))
        };
        match at_rest {
            Some(warm) => Ok(warm),
            None => self.start(key, options).await,
        }
    }

    async fn start(&self, key: Key, options: &Options) -> Result<Warm, Broken> {
        let quarantine = Quarantine::open().await?;
        let launch = self.launch(key, options, &quarantine)?;
        let browser = Browser::launch(launch).await?;
        Ok(Warm {
            key,
            browser,
            _quarantine: quarantine,
        })
    }

    fn launch(&self, key: Key, options: &Options, quarantine: &Quarantine) -> Result<Launch, Broken> {
        let (engine, browser_binary, driver_binary) = options.tools.of(key.engine)?;
        let mut launch = Launch::new(engine, quarantine.address());
        launch.cookies = match key.cookies {
            CookiePolicy::Allow => browser::CookiePolicy::Allow,
            CookiePolicy::Block => browser::CookiePolicy::Block,
            CookiePolicy::Partition => browser::CookiePolicy::Partition,
        };
        launch.headed = key.headed;
        launch.pristine = key.pristine;
        launch.browser_binary = browser_binary;
        launch.driver_binary = driver_binary;
        self.authority
            .spki_sha256_base64()
            .clone_into(&mut launch.trust_spki);
        launch.remote.clone_from(&options.webdriver);
        // Its folder stays directly below the temporary one: the watchdog then leaves nothing of it, and the
        // browser's sockets find room in their addresses, which may have some hundred bytes only.
        Ok(launch)
    }

    /// Puts a browser back for the next who needs one like it.
    pub(crate) fn give_back(&self, warm: Warm) {
        if warm.browser.is_alive() {
            lock(&self.idle).push(warm);
        }
    }

    /// Ends a browser that is no longer wanted.
    pub(crate) async fn discard(&self, warm: Warm) {
        if let Err(error) = warm.browser.shutdown().await {
            tracing::warn!("a browser did not end well: {error}");
        }
    }

    /// Ends all browsers at rest.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *lock(&self.idle));
        for warm in idle {
            self.discard(warm).await;
        }
    }
}
