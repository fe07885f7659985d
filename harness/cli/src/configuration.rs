//! `rehearse.toml`: what a team sets once instead of typing it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scenarios::model::Locator;
use serde::Deserialize;

use crate::exit::Failure;
use crate::registration::Registration;

/// The configuration file.
///
/// ```toml
/// [serve]
/// "https://customers.qontak.com" = "dir:../dist"
///
/// [run]
/// engines = ["chromium", "firefox"]
/// workers = 2
///
/// [locators.add-ticket]
/// test-id = "tickets-add"
///
/// [provider]
/// port = 9000
/// origins = { customer-detail = "http://localhost:5173" }
///
/// [[provider.client]]
/// id = "my-app"
/// redirect-uris = ["http://localhost:5173/callback"]
/// ```
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Configuration {
    /// Who serves an origin: origin (or its name in the world) to target.
    #[serde(default)]
    pub(crate) serve: BTreeMap<String, String>,
    /// Locators by name, for scenarios that say `named:`.
    #[serde(default)]
    pub(crate) locators: BTreeMap<String, Locator>,
    /// Defaults of `rehearse run`.
    #[serde(default)]
    pub(crate) run: RunDefaults,
    /// What `rehearse provider` serves.
    #[serde(default)]
    pub(crate) provider: ProviderDefaults,
    /// Folder the file lies in: paths in it are meant from there.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    /// The file itself, for messages.
    #[serde(skip)]
    pub(crate) path: PathBuf,
}

/// Defaults of `rehearse run`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RunDefaults {
    /// Engines.
    #[serde(default)]
    pub(crate) engines: Vec<String>,
    /// How many scenarios play at once.
    pub(crate) workers: Option<u32>,
    /// Third-party-cookie policy.
    pub(crate) third_party_cookies: Option<String>,
    /// Folder for run directories.
    pub(crate) output: Option<PathBuf>,
    /// Where scenarios lie.
    pub(crate) scenarios: Option<PathBuf>,
}

/// What `rehearse provider` serves.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ProviderDefaults {
    /// The first provider's port.
    pub(crate) port: Option<u16>,
    /// Where applications of the project's own clients run, by the origin's name.
    #[serde(default)]
    pub(crate) origins: BTreeMap<String, String>,
    /// Clients of the team's own.
    #[serde(default, rename = "client")]
    pub(crate) clients: Vec<Registration>,
}

const NAME: &str = "rehearse.toml";

impl Configuration {
    /// Reads the file that was named, or the nearest `rehearse.toml` in this folder or above.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match nearest() {
                Some(path) => path,
                None => {
                    return Ok(Self {
                        folder: PathBuf::from("."),
                        ..Self::default()
                    });
                }
            },
        };
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::usage(format!(
                "failed to read the configuration `{}`: {error}",
                path.display()
            ))
        })?;
        let mut configuration: Self = toml::from_str(&text).map_err(|error| {
            Failure::usage(format!(
                "failed to read the configuration `{}`:\n{error}",
                path.display()
            ))
        })?;
        configuration.folder = path.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
        configuration.path = path;
        configuration.check()?;
        Ok(configuration)
    }

    /// What types cannot say.
    fn check(&self) -> Result<(), Failure> {
        let wrong = |what: String| Err(Failure::usage(format!("{}: {what}", self.path.display())));
        if let Some(workers) = self.run.workers
            && !(1..=64).contains(&workers)
        {
            return wrong(format!("`run.workers` is `{workers}`; it can be 1 to 64"));
        }
        for (name, locator) in &self.locators {
            // What lies around the element is a locator, too.
            let all = std::iter::successors(Some(locator), |inner| inner.within.as_deref());
            for (depth, locator) in all.enumerate() {
                if let Err(mistake) = check_locator(locator) {
                    let place = format!("locators.{name}{}", ".within".repeat(depth));
                    return wrong(format!("`{place}`: {mistake}"));
                }
            }
        }
        Ok(())
    }
}

/// What a locator of the map can be. It is not one of a scenario: `named` would lead back into the map.
fn check_locator(locator: &Locator) -> Result<(), String> {
    const WAYS: &str = "`role`, `text`, `label`, `placeholder`, `test-id`, `css`";
    if let Some(named) = &locator.named {
        return Err(format!(
            "`named = \"{named}\"` leads back into the map; here the element is named in one way, of {WAYS}"
        ));
    }
    let ways: Vec<&str> = [
        ("`role`", &locator.role),
        ("`text`", &locator.text),
        ("`label`", &locator.label),
        ("`placeholder`", &locator.placeholder),
        ("`test-id`", &locator.test_id),
        ("`css`", &locator.css),
    ]
    .into_iter()
    .filter_map(|(way, given)| given.is_some().then_some(way))
    .collect();
    if ways.len() != 1 {
        return Err(format!(
            "a locator names its element in one way, of {WAYS}; here are {}{}",
            ways.len(),
            if ways.is_empty() {
                String::new()
            } else {
                format!(": {}", ways.join(", "))
            }
        ));
    }
    if locator.name.is_some() && locator.role.is_none() {
        return Err(
            "`name` is the accessible name of an element of a `role`, and no role is given; add the role, or use `text`"
                .to_owned(),
        );
    }
    if locator.partly
        && !(locator.name.is_some() || ["`text`", "`label`", "`placeholder`"].contains(&ways[0]))
    {
        return Err("`partly` needs a `name`, `text`, `label` or `placeholder` to go by".to_owned());
    }
    Ok(())
}

fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .map(|folder| folder.join(NAME))
        .find(|path| path.is_file())
}
