//! Brings what is missing. What is there stays as it is; what cannot be brought is told.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::time::Instant;

use crate::cargo_tool::{CargoTool, install_cargo_tool};
use crate::command::CommandLine;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::SetupError;
use crate::inspect::inspect;
use crate::npm::Folder;
use crate::packager::{Packager, apt_commands};
use crate::part::{Part, PartId, Verdict};
use crate::privilege::Privilege;
use crate::step::Step;
use crate::tool::{Found, Tool};

/// Installs what the wanted engines and the fixtures' front ends lack, and returns every part as it is afterwards. What
/// only an engine that is not wanted lacks is left alone.
///
/// # Errors
/// [`SetupError::Incomplete`] when something that is wanted is still missing at the end, with what to type for each;
/// [`SetupError::File`] when the checkout's tools folder cannot be used.
pub fn install(
    context: &Context,
    engines: &BTreeSet<Engine>,
    on_step: &mut dyn FnMut(Step),
) -> Result<Vec<Part>, SetupError> {
    let mut parts = inspect(context);
    if faulty(&parts, engines).next().is_none() {
        present(&parts, engines, on_step);
        return Ok(parts);
    }
    let (_lock, waited) = Lock::take(context, on_step)?;
    if waited {
        parts = inspect(context);
    }
    present(&parts, engines, on_step);
    let jobs = plan(context, &parts, engines, &Privilege::of(context));
    let mut failures = Vec::new();
    for job in &jobs {
        if let Err(failure) = job.run(context, on_step) {
            on_step(Step::Failed {
                what: job.what(),
                cause: failure.to_string(),
            });
            failures.push(failure);
        }
    }
    let parts = inspect(context);
    let missing: Vec<Part> = faulty(&parts, engines).cloned().collect();
    if missing.is_empty() {
        return Ok(parts);
    }
    Err(SetupError::Incomplete {
        parts: missing,
        failures,
    })
}

fn wanted<'a>(parts: &'a [Part], engines: &'a BTreeSet<Engine>) -> impl Iterator<Item = &'a Part> {
    parts
        .iter()
        .filter(|part| part.engine().is_none_or(|engine| engines.contains(&engine)))
}

fn faulty<'a>(parts: &'a [Part], engines: &'a BTreeSet<Engine>) -> impl Iterator<Item = &'a Part> {
    wanted(parts, engines).filter(|part| !part.is_ok())
}

fn present(parts: &[Part], engines: &BTreeSet<Engine>, on_step: &mut dyn FnMut(Step)) {
    for part in wanted(parts, engines).filter(|part| part.is_ok()) {
        on_step(Step::Present(part.clone()));
    }
}

/// Something that can be installed from here.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Job {
    /// Debian packages, by these commands.
    System {
        packages: Vec<&'static str>,
        commands: Vec<CommandLine>,
    },
    /// A program that cargo builds.
    Cargo(CargoTool),
    /// The npm packages of a folder.
    Packages { folder: Folder, command: CommandLine },
}

impl Job {
    fn what(&self) -> String {
        match self {
            Self::System { packages, .. } => packages.join(", "),
            Self::Cargo(tool) => format!("{} {}", tool.name, tool.version),
            Self::Packages { folder, .. } => format!("npm packages of {}", folder.name()),
        }
    }

    fn run(&self, context: &Context, on_step: &mut dyn FnMut(Step)) -> Result<(), SetupError> {
        let begun = Instant::now();
        let mut running = |command: &CommandLine| {
            on_step(Step::Running {
                what: self.what(),
                command: command.to_string(),
            });
            command.run()
        };
        match self {
            Self::Cargo(tool) => return install_cargo_tool(context, *tool, on_step).map(drop),
            Self::System { commands, .. } => commands.iter().try_for_each(running)?,
            Self::Packages { folder, command } => {
                running(command)?;
                folder.stamp_now()?;
            }
        }
        on_step(Step::Installed {
            what: self.what(),
            took: begun.elapsed(),
        });
        Ok(())
    }
}

/// What can be done about the faulty parts, the quick jobs first. A program that a variable names is the user's own
/// affair.
fn plan(context: &Context, parts: &[Part], engines: &BTreeSet<Engine>, privilege: &Privilege) -> Vec<Job> {
    let mut system = BTreeSet::new();
    let mut cargo = Vec::new();
    let mut packages = Vec::new();
    for part in faulty(parts, engines) {
        match &part.id {
            PartId::Tool(tool) if named(context, *tool, &part.verdict) => {}
            PartId::Tool(Tool::GeckoDriver) => cargo.push(Job::Cargo(CargoTool::GECKODRIVER)),
            PartId::Tool(tool) => system.extend(tool.engine()),
            PartId::Packages(name) => packages.extend(package_job(context, name)),
        }
    }
    let mut jobs: Vec<Job> = system_job(context, &system, privilege).into_iter().collect();
    jobs.extend(packages);
    jobs.extend(cargo);
    jobs
}

fn named(context: &Context, tool: Tool, verdict: &Verdict) -> bool {
    let by_variable = |tool: Tool| matches!(tool.find(context), Found::Named(_) | Found::NamedInVain(_));
    let pair = matches!(verdict, Verdict::Mismatched { .. }) && by_variable(Tool::Chromium);
    by_variable(tool) || pair
}

fn system_job(context: &Context, engines: &BTreeSet<Engine>, privilege: &Privilege) -> Option<Job> {
    let packager = Packager::of(context).filter(|packager| *packager == Packager::Apt)?;
    let packages: Vec<_> = engines
        .iter()
        .flat_map(|engine| packager.packages(*engine))
        .copied()
        .collect();
    let commands = apt_commands(context, privilege, &packages);
    (!packages.is_empty() && !commands.is_empty()).then_some(Job::System { packages, commands })
}

fn package_job(context: &Context, name: &str) -> Option<Job> {
    let npm = Tool::Npm.find(context);
    let folder = Folder::all(context)
        .into_iter()
        .find(|folder| folder.name() == name)?;
    Some(Job::Packages {
        command: folder.command(npm.path()?),
        folder,
    })
}

/// Held while a set-up of this checkout is at work: two at once would tread on each other's packages.
struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, and says whether another set-up had to be waited for.
    fn take(context: &Context, on_step: &mut dyn FnMut(Step)) -> Result<(Self, bool), SetupError> {
        let path = context.tools_root().join("setup.lock");
        let fault = |cause| SetupError::File {
            action: "lock",
            path: path.clone(),
            cause,
        };
        fs::create_dir_all(context.tools_root()).map_err(fault)?;
        let file = File::create(&path).map_err(fault)?;
        let waited = match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock) => {
                on_step(Step::Waiting);
                file.lock().map_err(fault)?;
                true
            }
            Err(TryLockError::Error(cause)) => return Err(fault(cause)),
        };
        Ok((Self { _file: file }, waited))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::{Machine, plant};
    use crate::inspect::inspect_with;
    use crate::version::Version;
    use std::path::Path;

    fn both() -> BTreeSet<Engine> {
        Engine::ALL.into()
    }

    fn planned(machine: &Machine, engines: &BTreeSet<Engine>, privilege: &Privilege) -> Vec<String> {
        let context = machine.context();
        let parts = inspect_with(&context, &|_, _| Ok(Version::find_in("1.0").expect("a version")));
        plan(&context, &parts, engines, privilege)
            .iter()
            .map(Job::what)
            .collect()
    }

    fn app(machine: &Machine) -> std::path::PathBuf {
        let folder = machine.root().join("fixtures/apps/crm");
        fs::create_dir_all(&folder).expect("folder");
        fs::write(folder.join("package.json"), "{}").expect("package.json");
        fs::write(folder.join("package-lock.json"), "{}").expect("package-lock.json");
        folder
    }

    #[test]
    fn an_empty_debian_machine_gets_everything_in_one_go() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        plant(&machine.bin(), "npm");
        app(&machine);
        assert_eq!(
            planned(&machine, &both(), &Privilege::Root),
            [
                "chromium, chromium-driver, chromium-sandbox, firefox-esr",
                "npm packages of fixtures/apps/crm",
                "geckodriver 0.37.1"
            ]
        );
    }

    #[test]
    fn an_engine_that_is_not_wanted_is_left_alone() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let chromium = BTreeSet::from([Engine::Chromium]);
        assert_eq!(
            planned(&machine, &chromium, &Privilege::Root),
            ["chromium, chromium-driver, chromium-sandbox"]
        );
        assert_eq!(planned(&machine, &BTreeSet::new(), &Privilege::Root), [""; 0]);
    }

    #[test]
    fn without_root_only_what_stays_in_the_checkout_is_installed() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        assert_eq!(
            planned(&machine, &both(), &Privilege::None),
            ["geckodriver 0.37.1"]
        );
    }

    #[test]
    fn what_a_variable_names_is_not_replaced() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let context = machine
            .context()
            .with_named(Tool::GeckoDriver, Path::new("/nowhere/geckodriver"));
        let parts = inspect_with(&context, &|_, _| Err("unasked".to_owned()));
        let firefox = BTreeSet::from([Engine::Firefox]);
        let jobs: Vec<_> = plan(&context, &parts, &firefox, &Privilege::Root)
            .iter()
            .map(Job::what)
            .collect();
        assert_eq!(jobs, ["firefox-esr"]);
    }

    #[test]
    fn what_cannot_be_installed_is_told_with_its_remedy() {
        let machine = Machine::new();
        let mut steps = Vec::new();
        let chromium = BTreeSet::from([Engine::Chromium]);
        let error = install(&machine.context(), &chromium, &mut |step| steps.push(step))
            .expect_err("nothing is there");
        assert!(
            matches!(&error, SetupError::Incomplete { parts, failures } if parts.len() == 2 && failures.is_empty())
        );
        assert!(
            error.to_string().contains("type: export REHEARSE_CHROMEDRIVER="),
            "{error}"
        );
        assert!(steps.is_empty(), "{steps:?}");
    }

    #[test]
    fn nothing_is_touched_when_nothing_is_wanted() {
        let machine = Machine::new();
        let parts =
            install(&machine.context(), &BTreeSet::new(), &mut |step| panic!("{step}")).expect("done");
        assert_eq!(parts.len(), 4);
        assert!(!machine.context().tools_root().exists());
    }

    #[cfg(unix)]
    #[test]
    fn packages_are_stamped_after_npm_and_then_left_alone() {
        let machine = Machine::new();
        let folder = app(&machine);
        let context = machine.context();
        // `true` stands in for npm: it exits well and prints nothing.
        let really = context_free("true");
        fs::create_dir_all(machine.bin()).expect("bin");
        std::os::unix::fs::symlink(really, machine.bin().join("npm")).expect("a stand-in for npm");
        let mut steps = Vec::new();
        install(&context, &BTreeSet::new(), &mut |step| steps.push(step)).expect("installed");
        assert!(
            matches!(&steps[..], [Step::Running { .. }, Step::Installed { .. }]),
            "{steps:?}"
        );
        assert!(folder.join("node_modules").is_dir());
        steps.clear();
        install(&context, &BTreeSet::new(), &mut |step| steps.push(step)).expect("nothing to do");
        assert!(matches!(&steps[..], [Step::Present(_)]), "{steps:?}");
    }

    #[cfg(unix)]
    fn context_free(name: &str) -> std::path::PathBuf {
        which::which(name).expect("a system with the usual small programs")
    }
}
