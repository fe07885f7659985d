//! What a user can choose about a run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use scenarios::model::{CookiePolicy, Engine};
use url::Url;
use world::Target;

/// Choices for one run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only scenarios that one of these matches; all of them when empty.
    pub filters: Vec<String>,
    /// Engines to run in, each scenario in each.
    pub engines: Vec<Engine>,
    /// Third-party-cookie policy where a scenario does not pin one.
    pub cookies: CookiePolicy,
    /// How many scenarios play at once, each worker with its own browser.
    pub workers: usize,
    /// Show browser windows.
    pub headed: bool,
    /// How often a failed scenario is played again.
    pub retries: u32,
    /// How often the whole selection is played.
    pub repeat: u32,
    /// Which part of the selection to play.
    pub shard: Option<Shard>,
    /// Who serves an origin instead of what the world says: origin (or its name) to target.
    pub serve: BTreeMap<String, Target>,
    /// A WebDriver server to use instead of drivers started here.
    pub webdriver: Option<Url>,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Leave page instrumentation out.
    pub pristine: bool,
    /// Folder for run directories.
    pub output: PathBuf,
    /// When to take screenshots.
    pub screenshots: Screenshots,
    /// For sabotage: each scenario is played without any first.
    pub baseline: bool,
    /// What the command line named, for the command that plays a job again.
    pub places: Places,
    /// Locators by name.
    pub locators: BTreeMap<String, scenarios::model::Locator>,
    /// Where browsers and drivers are.
    pub tools: Tools,
}

/// The whole catalogue once, in Chromium, by one worker; run directories are made in `reports`.
impl Default for Options {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            engines: vec![Engine::Chromium],
            cookies: CookiePolicy::Allow,
            workers: 1,
            headed: false,
            retries: 0,
            repeat: 1,
            shard: None,
            serve: BTreeMap::new(),
            webdriver: None,
            seed: 0,
            pristine: false,
            output: PathBuf::from("reports"),
            screenshots: Screenshots::default(),
            baseline: true,
            places: Places::default(),
            locators: BTreeMap::new(),
            tools: Tools::default(),
        }
    }
}

/// Files and folders as the command line names them; none where it leaves them to be found.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The catalogue's folder.
    pub scenarios: Option<PathBuf>,
    /// The folder of sabotages that stand in for the catalogue's.
    pub sabotages: Option<PathBuf>,
    /// The configuration file.
    pub configuration: Option<PathBuf>,
}

/// Binaries of browsers and drivers, as found on this machine.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    /// Chromium.
    pub chromium: Option<PathBuf>,
    /// ChromeDriver.
    pub chromedriver: Option<PathBuf>,
    /// Firefox.
    pub firefox: Option<PathBuf>,
    /// geckodriver.
    pub geckodriver: Option<PathBuf>,
}

impl Tools {
    /// The engine with its browser and driver, or what is missing.
    pub(crate) fn of(&self, engine: Engine) -> Result<(browser::Engine, PathBuf, PathBuf), crate::Broken> {
        let (which, binary, driver, names) = match engine {
            Engine::Chromium => (
                browser::Engine::Chromium,
                &self.chromium,
                &self.chromedriver,
                ["Chromium", "ChromeDriver"],
            ),
            Engine::Firefox => (
                browser::Engine::Firefox,
                &self.firefox,
                &self.geckodriver,
                ["Firefox", "geckodriver"],
            ),
        };
        let missing = |name: &str| {
            crate::Broken::harness(format!(
                "{name} is not installed; `rehearse setup` installs it, `rehearse doctor` says what is missing"
            ))
        };
        let binary = binary.clone().ok_or_else(|| missing(names[0]))?;
        let driver = driver.clone().ok_or_else(|| missing(names[1]))?;
        Ok((which, binary, driver))
    }
}

/// When screenshots are taken. Pixels cannot be redacted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screenshots {
    /// Never.
    Off,
    /// When a scenario fails, and where it says so.
    Failure,
    /// Also after each expectation.
    #[default]
    Expect,
    /// After each step.
    Step,
}

/// One of several equal parts of a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// Of how many.
    pub total: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no shard; write `i/n` with 1 ≤ i ≤ n, such as `2/4`");
        let (index, total) = text.split_once('/').ok_or_else(wrong)?;
        let shard = Self {
            index: index.trim().parse().map_err(|_| wrong())?,
            total: total.trim().parse().map_err(|_| wrong())?,
        };
        if shard.index == 0 || shard.index > shard.total {
            return Err(wrong());
        }
        Ok(shard)
    }
}

impl Shard {
    /// Whether the part holds the job at a position: jobs are dealt out in turn, so that parts are alike.
    #[must_use]
    pub fn holds(self, position: usize) -> bool {
        position % self.total == self.index - 1
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn a_shard_is_i_of_n() {
        assert_eq!("2/4".parse(), Ok(Shard { index: 2, total: 4 }));
        for wrong in ["", "0/2", "3/2", "1", "a/b", "1/0", "-1/2"] {
            let refusal = wrong.parse::<Shard>().expect_err(wrong);
            assert!(refusal.contains("such as `2/4`"), "{refusal}");
        }
    }

    #[test]
    fn shards_share_out_every_position_once() {
        for total in 1..7 {
            for position in 0..50 {
                let holders = (1..=total)
                    .filter(|&index| Shard { index, total }.holds(position))
                    .count();
                assert_eq!(holders, 1);
            }
        }
    }
}
