//! From arguments and configuration to the runner's options.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use runner::{Options, Places, Screenshots, Tools};
use scenarios::Catalogue;
use scenarios::model::{CookiePolicy, Engine};
use world::{OriginNames, Target};

use crate::arguments::{Common, Cookies, EngineName, Play, When};
use crate::configuration::Configuration;
use crate::exit::Failure;

/// The folder of this checkout, where the catalogue and the reference apps are.
pub(crate) fn checkout() -> PathBuf {
    setup::Context::checkout_of(&std::env::current_dir().unwrap_or_default())
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
}

/// Loads the catalogue that the arguments, the configuration or the checkout name.
pub(crate) fn catalogue(common: &Common, configuration: &Configuration) -> Result<Arc<Catalogue>, Failure> {
    let root = common
        .scenarios
        .clone()
        .or_else(|| {
            configuration
                .run
                .scenarios
                .as_ref()
                .map(|path| configuration.folder.join(path))
        })
        .unwrap_or_else(|| relative(&checkout().join("scenarios")));
    Ok(Arc::new(Catalogue::load(&root)?))
}

/// A path below the working folder is shown without it: shorter, and clickable.
pub(crate) fn relative(path: &Path) -> PathBuf {
    std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(&here).ok().map(Path::to_owned))
        .filter(|path| !path.as_os_str().is_empty())
        .unwrap_or_else(|| path.to_owned())
}

/// Folder for run directories.
pub(crate) fn output(argument: Option<&PathBuf>, configuration: &Configuration) -> PathBuf {
    argument
        .cloned()
        .or_else(|| {
            configuration
                .run
                .output
                .as_ref()
                .map(|path| configuration.folder.join(path))
        })
        .unwrap_or_else(|| relative(&checkout().join("reports")))
}

/// The runner's options.
pub(crate) fn options(
    filters: Vec<String>,
    common: &Common,
    play: &Play,
    configuration: &Configuration,
) -> Result<Options, Failure> {
    let mut engines: Vec<Engine> = play.engine.iter().map(|&name| engine(name)).collect();
    if engines.is_empty() {
        for name in &configuration.run.engines {
            engines.push(match name.as_str() {
                "chromium" => Engine::Chromium,
                "firefox" => Engine::Firefox,
                other => {
                    return Err(Failure::usage(format!(
                        "{}: `run.engines` names `{other}`; there are `chromium` and `firefox`",
                        configuration.path.display()
                    )));
                }
            });
        }
    }
    if engines.is_empty() {
        engines.push(Engine::Chromium);
    }
    let engines = once(engines);
    let cookies = match (
        play.third_party_cookies,
        configuration.run.third_party_cookies.as_deref(),
    ) {
        (Some(Cookies::Allow), _) | (None, None | Some("allow")) => CookiePolicy::Allow,
        (Some(Cookies::Block), _) | (None, Some("block")) => CookiePolicy::Block,
        (Some(Cookies::Partition), _) | (None, Some("partition")) => CookiePolicy::Partition,
        (None, Some(other)) => {
            return Err(Failure::usage(format!(
                "{}: `run.third-party-cookies` is `{other}`; it can be `allow`, `block` or `partition`",
                configuration.path.display()
            )));
        }
    };
    Ok(Options {
        filters,
        engines,
        cookies,
        workers: play
            .workers
            .or(configuration.run.workers)
            .map_or_else(default_workers, |workers| workers as usize),
        headed: play.headed,
        serve: serve(&play.serve, configuration)?,
        webdriver: play.webdriver.clone(),
        // Small enough to be a number in JavaScript too, where reports show it.
        seed: play.seed.unwrap_or_else(|| u64::from(rand::random::<u32>())),
        pristine: play.pristine,
        output: output(play.output.as_ref(), configuration),
        baseline: true,
        screenshots: match play.screenshots {
            Some(When::Off) => Screenshots::Off,
            Some(When::Failure) => Screenshots::Failure,
            Some(When::Expect) | None => Screenshots::Expect,
            Some(When::Step) => Screenshots::Step,
        },
        places: Places {
            scenarios: common.scenarios.clone(),
            sabotages: None,
            configuration: common.config.clone(),
        },
        locators: configuration.locators.clone(),
        tools: tools(),
        ..Options::default()
    })
}

/// Each engine once, where it was named first: a second time it would play into the same folders.
fn once(named: Vec<Engine>) -> Vec<Engine> {
    let mut engines = Vec::new();
    for engine in named {
        if !engines.contains(&engine) {
            engines.push(engine);
        }
    }
    engines
}

/// As many as there are processors, within reason: each worker has a browser of its own.
fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().min(4))
}

pub(crate) fn engine(name: EngineName) -> Engine {
    match name {
        EngineName::Chromium => Engine::Chromium,
        EngineName::Firefox => Engine::Firefox,
    }
}

/// Who serves which origin, by the origin's name: the command line goes before the configuration, however they spell it.
pub(crate) fn serve(
    arguments: &[String],
    configuration: &Configuration,
) -> Result<BTreeMap<String, Target>, Failure> {
    if arguments.is_empty() && configuration.serve.is_empty() {
        return Ok(BTreeMap::new());
    }
    let names = OriginNames::load()?;
    let mut configured = Served::default();
    for (origin, target) in &configuration.serve {
        let place = format!("{}: `serve.\"{origin}\"`", configuration.path.display());
        let target = parse_target(target, &place)?;
        configured.add(&names, origin, from_folder(target, &configuration.folder), place)?;
    }
    let mut typed = Served::default();
    for argument in arguments {
        // The origin holds no `=`, the target may.
        let (origin, target) = argument.split_once('=').ok_or_else(|| {
            Failure::usage(format!(
                "`--serve {argument}` has no `=`; write `--serve https://customers.qontak.com=dir:../dist`"
            ))
        })?;
        let place = format!("`--serve {argument}`");
        typed.add(&names, origin, parse_target(target, &place)?, place)?;
    }
    configured.0.extend(typed.0);
    let targets = configured.0.into_iter();
    Ok(targets.map(|(name, (_, target))| (name, target)).collect())
}

/// What one source says about who serves which origin, and where it says so.
#[derive(Default)]
struct Served(BTreeMap<String, (String, Target)>);

impl Served {
    fn add(
        &mut self,
        names: &OriginNames,
        origin: &str,
        target: Target,
        place: String,
    ) -> Result<(), Failure> {
        let name = names
            .find(origin, &place)
            .map_err(|error| Failure::usage(error.to_string()))?;
        match self.0.entry(name.to_owned()) {
            Entry::Vacant(free) => {
                free.insert((place, target));
                Ok(())
            }
            Entry::Occupied(taken) => Err(Failure::usage(format!(
                "{} and {place} are both about the origin `{name}`; leave one of them out",
                taken.get().0
            ))),
        }
    }
}

fn parse_target(text: &str, place: &str) -> Result<Target, Failure> {
    text.parse()
        .map_err(|error: world::Error| Failure::usage(format!("{place}: {error}")))
}

fn from_folder(target: Target, folder: &Path) -> Target {
    match target {
        Target::Directory(path) => Target::Directory(folder.join(path)),
        other => other,
    }
}

/// Browsers and drivers of this machine.
pub(crate) fn tools() -> Tools {
    let root = checkout();
    let found = setup::Tools::discover(&setup::Context::of_checkout(&root));
    Tools {
        chromium: found.chromium,
        chromedriver: found.chromedriver,
        firefox: found.firefox,
        geckodriver: found.geckodriver,
    }
}

/// Says at once which tool an engine lacks, before anything is started.
pub(crate) fn check_tools(options: &Options) -> Result<(), Failure> {
    if options.webdriver.is_some() {
        return Ok(());
    }
    check_engines(&options.engines, &options.tools)
}

/// Says which tool one of the engines lacks.
pub(crate) fn check_engines(engines: &[Engine], tools: &Tools) -> Result<(), Failure> {
    let mut missing = Vec::new();
    for engine in engines {
        let parts = match engine {
            Engine::Chromium => [
                ("Chromium", setup::Tool::Chromium, tools.chromium.is_some()),
                (
                    "ChromeDriver",
                    setup::Tool::ChromeDriver,
                    tools.chromedriver.is_some(),
                ),
            ],
            Engine::Firefox => [
                ("Firefox", setup::Tool::Firefox, tools.firefox.is_some()),
                (
                    "geckodriver",
                    setup::Tool::GeckoDriver,
                    tools.geckodriver.is_some(),
                ),
            ],
        };
        missing.extend(
            parts
                .iter()
                .filter(|(_, _, there)| !there)
                .map(|&(name, tool, _)| lack(name, tool)),
        );
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing
        .push("`rehearse setup` installs what is missing, `rehearse doctor` says where it looked".to_owned());
    Err(Failure::usage(missing.join("\n  ")))
}

fn lack(name: &str, tool: setup::Tool) -> String {
    let named = tool
        .variable()
        .and_then(|variable| Some((variable, std::env::var_os(variable)?)));
    match named.filter(|(_, file)| !file.is_empty()) {
        Some((variable, file)) => {
            format!(
                "{name} not found: {variable} names `{}`, which is no program",
                Path::new(&file).display()
            )
        }
        None => format!("{name} not found on this machine"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_is_named_again_plays_once_in_its_first_place() {
        use Engine::{Chromium, Firefox};
        assert_eq!(once(vec![Chromium, Firefox, Chromium]), [Chromium, Firefox]);
        assert_eq!(
            once(vec![Firefox, Firefox, Chromium, Firefox]),
            [Firefox, Chromium]
        );
    }

    fn served(arguments: &[&str], file: &[(&str, &str)]) -> Result<BTreeMap<String, String>, String> {
        let owned = |&(origin, target): &(&str, &str)| (origin.to_owned(), target.to_owned());
        let configuration = Configuration {
            serve: file.iter().map(owned).collect(),
            path: "rehearse.toml".into(),
            folder: "team".into(),
            ..Configuration::default()
        };
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        match serve(&arguments, &configuration) {
            Ok(targets) => Ok(targets
                .into_iter()
                .map(|(name, target)| (name, target.to_string()))
                .collect()),
            Err(failure) => Err(failure.message),
        }
    }

    #[test]
    fn an_origin_is_served_by_its_name_whatever_address_a_switch_gives_it() {
        for origin in ["crm", "https://crm.qontak.com", "https://crm.mekari.com"] {
            let served = served(&[&format!("{origin}=dir:dist")], &[]);
            let expected = BTreeMap::from([("crm".to_owned(), "dir:dist".to_owned())]);
            assert_eq!(served, Ok(expected), "{origin}");
        }
    }

    #[test]
    fn the_command_line_goes_before_the_file_however_they_spell_the_origin() {
        let served = served(
            &["https://customers.qontak.com=dir:b"],
            &[("customer-detail", "dir:a"), ("https://crm.qontak.com", "dir:c")],
        );
        let expected = [("crm", "dir:team/c"), ("customer-detail", "dir:b")]
            .map(|(name, target)| (name.to_owned(), target.to_owned()));
        assert_eq!(served, Ok(BTreeMap::from(expected)));
    }

    #[test]
    fn two_for_one_origin_are_refused_with_both_places() {
        let typed = ["customer-detail=dir:a", "https://customers.qontak.com=dir:b"];
        let file = [
            ("https://crm.qontak.com", "dir:a"),
            ("https://crm.mekari.com", "dir:b"),
        ];
        for (arguments, file, parts) in [
            (
                &typed[..],
                &[][..],
                [
                    "`--serve customer-detail=dir:a`",
                    "`--serve https://customers.qontak.com=dir:b`",
                ],
            ),
            (
                &[][..],
                &file[..],
                [
                    "rehearse.toml: `serve.\"https://crm.mekari.com\"`",
                    "rehearse.toml: `serve.\"https://crm.qontak.com\"`",
                ],
            ),
        ] {
            let said = served(arguments, file).unwrap_err();
            assert!(
                parts.iter().all(|part| said.contains(part)) && said.contains("leave one of them out"),
                "{said}"
            );
        }
    }

    #[test]
    fn an_unknown_origin_is_told_with_its_place() {
        let said = served(&[], &[("https://customer.qontak.com", "mock:sso")]).unwrap_err();
        for part in [
            "rehearse.toml: `serve.",
            "https://customer.qontak.com",
            "`customer-detail`",
        ] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
    }
}
