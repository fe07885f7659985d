//! What a browser is launched with.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use crate::{CookiePolicy, Engine};

/// What a browser is launched with.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Which engine.
    pub engine: Engine,
    /// Third-party cookies, for the life of the process.
    pub cookies: CookiePolicy,
    /// Show the window.
    pub headed: bool,
    /// The browser's program.
    pub browser_binary: PathBuf,
    /// The driver's program: chromedriver or geckodriver.
    pub driver_binary: PathBuf,
    /// SHA-256 of the ephemeral CA's `SubjectPublicKeyInfo`, in base64; empty for none.
    pub trust_spki: String,
    /// A proxy that refuses everything: the browser's own noise goes there.
    pub quarantine: SocketAddr,
    /// Leave out every page instrumentation that a page could notice: recorder of sent messages,
    /// virtual time, SDK hand-over.
    pub pristine: bool,
    /// A remote WebDriver end (a Selenium Grid) in place of a driver of our own.
    pub remote: Option<Url>,
    /// Folder for profiles; each browser makes, and removes, a folder of its own in it.
    pub scratch: PathBuf,
    /// The npm folder with the page code that is not ours: see [`page_modules`].
    pub page_modules: PathBuf,
    /// The watchdog's program; none for the one found beside the running program.
    pub watchdog: Option<PathBuf>,
    /// How long one command may take before the browser counts as stuck.
    pub command_deadline: Duration,
}

impl Launch {
    /// Everything at its default: headless, third-party cookies allowed, instrumented.
    #[must_use]
    pub fn new(engine: Engine, quarantine: SocketAddr) -> Self {
        let (browser, driver) = match engine {
            Engine::Chromium => ("chromium", "chromedriver"),
            Engine::Firefox => ("firefox-esr", "geckodriver"),
        };
        Self {
            engine,
            cookies: CookiePolicy::default(),
            headed: false,
            browser_binary: browser.into(),
            driver_binary: driver.into(),
            trust_spki: String::new(),
            quarantine,
            pristine: false,
            remote: None,
            scratch: std::env::temp_dir(),
            page_modules: page_modules(),
            watchdog: None,
            command_deadline: Duration::from_secs(20),
        }
    }
}

/// The npm folder of this crate: `page/` in its source, where set-up runs `npm ci --ignore-scripts`.
#[must_use]
pub fn page_modules() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("page")
}
