//! What can be installed from here, and how.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::cargo_tool::{CargoTool, build_cargo_tool};
use crate::command::CommandLine;
use crate::context::Context;
use crate::engine::Engine;
use crate::error::SetupError;
use crate::install::faulty;
use crate::npm::Folder;
use crate::packager::{Packager, apt_commands};
use crate::part::{Part, PartId, Verdict};
use crate::privilege::Privilege;
use crate::python::{self, Environment};
use crate::step::Step;
use crate::tool::{Found, Tool};

/// Something that can be installed from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Job {
    /// System packages, by these commands.
    System {
        packages: Vec<&'static str>,
        commands: Vec<CommandLine>,
    },
    /// A program that cargo builds.
    Cargo(CargoTool),
    /// The npm packages of a folder.
    Packages { folder: Folder, command: CommandLine },
    /// Python packages. The interpreter may be one that an earlier job brings.
    Python(Environment),
}

impl Job {
    pub(crate) fn what(&self) -> String {
        match self {
            Self::System { packages, .. } => packages.join(", "),
            Self::Cargo(tool) => format!("{} {}", tool.name, tool.version),
            Self::Packages { folder, .. } => format!("npm packages of {}", folder.name()),
            Self::Python(_) => format!("Python packages of {}", Environment::name()),
        }
    }

    pub(crate) fn run(&self, context: &Context, on_step: &mut dyn FnMut(Step)) -> Result<(), SetupError> {
        let begun = Instant::now();
        let mut running = |command: &CommandLine| {
            on_step(Step::Running {
                what: self.what(),
                command: command.to_string(),
            });
            command.run()
        };
        match self {
            Self::Cargo(tool) => return build_cargo_tool(context, *tool, on_step),
            Self::System { commands, .. } => commands.iter().try_for_each(running)?,
            Self::Packages { folder, command } => {
                running(command)?;
                folder.stamp_now()?;
            }
            Self::Python(environment) => {
                let python = python::interpreter(context).ok_or(SetupError::NoPython)?;
                environment.commands(&python).iter().try_for_each(running)?;
                environment.stamp_now()?;
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
pub(crate) fn plan(
    context: &Context,
    parts: &[Part],
    engines: &BTreeSet<Engine>,
    privilege: &Privilege,
) -> Vec<Job> {
    let mut system = BTreeSet::new();
    let mut cargo = Vec::new();
    let mut packages = Vec::new();
    let mut python = None;
    for part in faulty(parts, engines) {
        match &part.id {
            PartId::Tool(tool) if named(context, *tool, &part.verdict) => {}
            PartId::Tool(Tool::GeckoDriver) => cargo.push(Job::Cargo(CargoTool::GECKODRIVER)),
            PartId::Tool(tool) => system.extend(tool.engine()),
            PartId::Packages(name) => packages.extend(package_job(context, name)),
            PartId::PythonPackages(_) => python = Environment::of(context),
        }
    }
    let without_python = python.is_some() && python::interpreter(context).is_none();
    let mut jobs: Vec<Job> = Vec::new();
    let brings_python = system_job(context, &system, without_python, privilege)
        .map(|job| jobs.push(job))
        .is_some();
    jobs.extend(packages);
    jobs.extend(
        python
            .filter(|_| brings_python || !without_python)
            .map(Job::Python),
    );
    jobs.extend(cargo);
    jobs
}

fn named(context: &Context, tool: Tool, verdict: &Verdict) -> bool {
    let by_variable = |tool: Tool| matches!(tool.find(context), Found::Named(_) | Found::NamedInVain(_));
    let pair = matches!(verdict, Verdict::Mismatched { .. }) && by_variable(Tool::Chromium);
    by_variable(tool) || pair
}

fn system_job(
    context: &Context,
    engines: &BTreeSet<Engine>,
    python: bool,
    privilege: &Privilege,
) -> Option<Job> {
    let packager = Packager::of(context).filter(|packager| packager.is_apt())?;
    let mut packages: Vec<_> = engines
        .iter()
        .flat_map(|engine| packager.packages(*engine))
        .copied()
        .collect();
    if python {
        packages.extend(packager.python_packages());
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::{Machine, plant};
    use crate::inspect::inspect_with;
    use crate::version::Version;
    use std::fs;
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

    #[test]
    fn an_empty_debian_machine_gets_everything_in_one_go() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        plant(&machine.bin(), "npm");
        machine.npm_folder("fixtures/apps/crm");
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
    fn on_ubuntu_no_package_is_taken_for_a_browser() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let context = machine.context().of_distribution("ID=ubuntu\nID_LIKE=debian");
        let parts = inspect_with(&context, &|_, _| Err("unasked".to_owned()));
        let jobs: Vec<_> = plan(&context, &parts, &both(), &Privilege::Root)
            .iter()
            .map(Job::what)
            .collect();
        assert_eq!(jobs, ["geckodriver 0.37.1"]);
    }

    #[test]
    fn python_packages_wait_for_the_python_that_debian_brings() {
        let machine = Machine::new();
        let folder = machine.root().join(Environment::name());
        fs::create_dir_all(&folder).expect("folder");
        fs::write(folder.join("requirements.txt"), "").expect("requirements.txt");
        plant(&machine.bin(), "apt-get");
        let context = machine.context().with_tests();
        let parts = inspect_with(&context, &|_, _| Err("unasked".to_owned()));
        let planned = |privilege: &Privilege| -> Vec<String> {
            plan(&context, &parts, &BTreeSet::new(), privilege)
                .iter()
                .map(Job::what)
                .collect()
        };
        assert_eq!(
            planned(&Privilege::Root),
            [
                "python3, python3-venv",
                "Python packages of mocks/tests/strangers/python"
            ]
        );
        assert_eq!(planned(&Privilege::None), [""; 0]);
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
}
