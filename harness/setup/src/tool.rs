//! The programs of a run: how each is called, where it usually lies, which variable names it outright.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::context::{Context, Os};
use crate::engine::Engine;

/// A program that a run, or its set-up, needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// The Chromium or Google Chrome browser.
    Chromium,
    /// The driver of Chromium; it must have the same major version.
    ChromeDriver,
    /// The Firefox browser.
    Firefox,
    /// The driver of Firefox.
    GeckoDriver,
    /// The package manager that brings the front ends' packages.
    Npm,
}

impl Tool {
    /// The programs that belong to an engine, browser first.
    pub const OF_ENGINES: [Self; 4] = [
        Self::Chromium,
        Self::ChromeDriver,
        Self::Firefox,
        Self::GeckoDriver,
    ];

    /// The engine that cannot run without this program.
    #[must_use]
    pub fn engine(self) -> Option<Engine> {
        match self {
            Self::Chromium | Self::ChromeDriver => Some(Engine::Chromium),
            Self::Firefox | Self::GeckoDriver => Some(Engine::Firefox),
            Self::Npm => None,
        }
    }

    /// The environment variable that names the program's file and wins over any search.
    #[must_use]
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Self::Chromium => Some("REHEARSE_CHROMIUM"),
            Self::ChromeDriver => Some("REHEARSE_CHROMEDRIVER"),
            Self::Firefox => Some("REHEARSE_FIREFOX"),
            Self::GeckoDriver => Some("REHEARSE_GECKODRIVER"),
            Self::Npm => None,
        }
    }

    /// The names under which the program may lie on the search path, best first.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &[
                "chromium",
                "chromium-browser",
                "google-chrome-stable",
                "google-chrome",
                "chrome",
            ],
            Self::ChromeDriver => &["chromedriver"],
            Self::Firefox => &["firefox", "firefox-esr"],
            Self::GeckoDriver => &["geckodriver"],
            Self::Npm => &["npm"],
        }
    }

    /// Where an installer of this system puts the program, below one of [`Context`]'s program folders.
    fn usual_places(self, os: Os) -> &'static [&'static str] {
        match (os, self) {
            (Os::Linux, Self::Chromium) => &["chromium/chromium", "chromium-browser/chromium-browser"],
            (Os::Linux, Self::ChromeDriver) => &["chromium/chromedriver", "chromium-browser/chromedriver"],
            (Os::Linux, Self::Firefox) => &["firefox-esr/firefox-esr", "firefox/firefox"],
            (Os::MacOs, Self::Chromium) => &[
                "Chromium.app/Contents/MacOS/Chromium",
                "Google Chrome.app/Contents/MacOS/Google Chrome",
            ],
            (Os::MacOs, Self::Firefox) => &["Firefox.app/Contents/MacOS/firefox"],
            (Os::Windows, Self::Chromium) => &[
                "Chromium/Application/chrome.exe",
                "Google/Chrome/Application/chrome.exe",
            ],
            (Os::Windows, Self::Firefox) => &["Mozilla Firefox/firefox.exe"],
            _ => &[],
        }
    }

    /// Searches: the variable, the checkout's own tools, the search path, the usual places.
    pub(crate) fn find(self, context: &Context) -> Found {
        if let Some(named) = context.named(self) {
            // A driver is started elsewhere, and looks for its browser from there.
            let whole = std::path::absolute(named).unwrap_or_else(|_| named.to_path_buf());
            return match executable(&whole) {
                true => Found::Named(whole),
                false => Found::NamedInVain(named.to_path_buf()),
            };
        }
        let own = context.tools_bin();
        let mut folders = vec![own];
        folders.extend(context.search_path().iter().cloned());
        let on_path = self.names().iter().find_map(|name| {
            let paths = std::env::join_paths(&folders).ok()?;
            which::which_in(name, Some(paths), context.root()).ok()
        });
        let usual = || {
            let places = self.usual_places(context.os());
            let mut candidates = context
                .program_folders()
                .iter()
                .flat_map(|folder| places.iter().map(move |place| folder.join(place)));
            candidates.find(|candidate| executable(candidate))
        };
        on_path.or_else(usual).map_or(Found::Nowhere, Found::Searched)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "chromium",
            Self::ChromeDriver => "chromedriver",
            Self::Firefox => "firefox",
            Self::GeckoDriver => "geckodriver",
            Self::Npm => "npm",
        })
    }
}

/// The outcome of looking for one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Its variable names it.
    Named(PathBuf),
    /// Its variable names a file that is no program.
    NamedInVain(PathBuf),
    /// The search found it.
    Searched(PathBuf),
    /// It is nowhere.
    Nowhere,
}

impl Found {
    /// The program, if there is one to start.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Named(path) | Self::Searched(path) => Some(path),
            Self::NamedInVain(_) | Self::Nowhere => None,
        }
    }

    /// Whether the search found a snap: a link to the program `snap`, or one of the short scripts by which packages of
    /// Ubuntu lead to one.
    pub(crate) fn is_snap(&self) -> bool {
        const LONGEST_SCRIPT: u64 = 16 * 1024;
        let Self::Searched(path) = self else { return false };
        let is_link = || {
            let target = path.canonicalize().ok()?;
            Some(target.file_name()? == "snap")
        };
        let is_script = || {
            let length = path.metadata().ok()?.len();
            let text = (length <= LONGEST_SCRIPT).then(|| fs::read(path).ok())??;
            Some(String::from_utf8_lossy(&text).contains("/snap/bin/"))
        };
        is_link().unwrap_or(false) || is_script().unwrap_or(false)
    }
}

fn executable(path: &Path) -> bool {
    path.parent()
        .is_some_and(|folder| which::which_in(path, None::<&str>, folder).is_ok())
}

/// The programs that were found, for whoever starts browsers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tools {
    /// The Chromium or Google Chrome browser.
    pub chromium: Option<PathBuf>,
    /// The driver of Chromium.
    pub chromedriver: Option<PathBuf>,
    /// The Firefox browser.
    pub firefox: Option<PathBuf>,
    /// The driver of Firefox.
    pub geckodriver: Option<PathBuf>,
    /// The npm command.
    pub npm: Option<PathBuf>,
}

impl Tools {
    /// Looks for every program. It starts none, so it is quick; [`inspect`](crate::inspect()) also asks for versions.
    #[must_use]
    pub fn discover(context: &Context) -> Self {
        let find = |tool: Tool| tool.find(context).path().map(Path::to_path_buf);
        Self {
            chromium: find(Tool::Chromium),
            chromedriver: find(Tool::ChromeDriver),
            firefox: find(Tool::Firefox),
            geckodriver: find(Tool::GeckoDriver),
            npm: find(Tool::Npm),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::{Machine, plant};

    #[test]
    fn an_empty_machine_has_no_tools() {
        let machine = Machine::new();
        assert_eq!(Tools::discover(&machine.context()), Tools::default());
    }

    #[test]
    fn tools_are_found_on_the_search_path_by_their_best_name() {
        let machine = Machine::new();
        plant(&machine.bin(), "google-chrome");
        let chromium = plant(&machine.bin(), "chromium");
        let firefox = plant(&machine.bin(), "firefox-esr");
        let tools = Tools::discover(&machine.context());
        assert_eq!((tools.chromium, tools.firefox), (Some(chromium), Some(firefox)));
    }

    #[test]
    fn the_checkouts_own_tools_win_over_the_search_path() {
        let machine = Machine::new();
        plant(&machine.bin(), "geckodriver");
        let own = plant(&machine.context().tools_bin(), "geckodriver");
        assert_eq!(Tools::discover(&machine.context()).geckodriver, Some(own));
    }

    #[test]
    fn a_variable_wins_over_everything() {
        let machine = Machine::new();
        plant(&machine.bin(), "chromedriver");
        let named = plant(&machine.root().join("elsewhere"), "my-driver");
        let context = machine.context().with_named(Tool::ChromeDriver, &named);
        assert_eq!(Tools::discover(&context).chromedriver, Some(named));
    }

    #[test]
    fn a_variable_may_name_a_program_from_the_working_folder() {
        let machine = Machine::new();
        let named = plant(&machine.root().join("elsewhere"), "my-driver");
        let here = std::env::current_dir().expect("a working folder");
        let up: PathBuf = here.ancestors().skip(1).map(|_| "..").collect();
        let relative = up.join(named.strip_prefix("/").expect("a whole path"));
        let context = machine.context().with_named(Tool::ChromeDriver, &relative);
        let found = Tools::discover(&context).chromedriver.expect("the program");
        assert!(found.is_absolute(), "{}", found.display());
        let real = |path: &Path| path.canonicalize().expect("a file");
        assert_eq!(real(&found), real(&named));
    }

    #[test]
    fn a_variable_that_names_nothing_is_not_passed_over() {
        let machine = Machine::new();
        plant(&machine.bin(), "chromedriver");
        let context = machine
            .context()
            .with_named(Tool::ChromeDriver, Path::new("/nowhere/chromedriver"));
        assert_eq!(
            Tool::ChromeDriver.find(&context),
            Found::NamedInVain(PathBuf::from("/nowhere/chromedriver"))
        );
    }

    #[test]
    fn the_usual_places_of_a_system_are_searched_last() {
        let machine = Machine::new();
        let apps = machine.root().join("Applications");
        let bundle = plant(&apps.join("Google Chrome.app/Contents/MacOS"), "Google Chrome");
        let context = machine.context().on(Os::MacOs, [apps]);
        assert_eq!(Tools::discover(&context).chromium, Some(bundle));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_executed_is_no_program() {
        let machine = Machine::new();
        std::fs::create_dir_all(machine.bin()).expect("bin");
        std::fs::write(machine.bin().join("chromium"), "notes").expect("a file");
        assert_eq!(Tools::discover(&machine.context()).chromium, None);
    }
}
