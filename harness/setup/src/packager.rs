//! The system's package managers: which one is here, and what it calls our tools.

use std::path::PathBuf;

use crate::command::CommandLine;
use crate::context::{Context, Os};
use crate::distribution::Distribution;
use crate::engine::Engine;
use crate::privilege::{Privilege, is_root};

/// A package manager, and whose packages it brings. Only apt is run by us; the others are shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packager {
    /// `apt-get` with Debian's packages.
    Apt,
    /// `apt-get` with Ubuntu's packages. Those of the browsers only bring snaps, into which no driver of ours reaches.
    UbuntuApt,
    Dnf,
    Pacman,
    Homebrew,
    Chocolatey,
}

impl Packager {
    /// The package manager of this machine, if it has one whose packages we know by name.
    pub(crate) fn of(context: &Context) -> Option<Self> {
        let (program, packager) = match context.os() {
            Os::Linux => match context.distribution() {
                Distribution::Debian => ("apt-get", Self::Apt),
                Distribution::Ubuntu => ("apt-get", Self::UbuntuApt),
                Distribution::Fedora => ("dnf", Self::Dnf),
                Distribution::Arch => ("pacman", Self::Pacman),
                Distribution::Other => return None,
            },
            Os::MacOs => return Some(Self::Homebrew),
            Os::Windows => return Some(Self::Chocolatey),
            Os::Other => return None,
        };
        context.helper(program).map(|_| packager)
    }

    /// Whether it is apt, which we run ourselves.
    pub(crate) fn is_apt(self) -> bool {
        matches!(self, Self::Apt | Self::UbuntuApt)
    }

    /// The packages that bring an engine's browser, and its driver unless that comes from elsewhere; none where no
    /// package brings a browser that a driver can start.
    pub(crate) fn packages(self, engine: Engine) -> &'static [&'static str] {
        match (self, engine) {
            (Self::UbuntuApt, _) => &[],
            // Without the sandbox's own package, Chromium needs a kernel that lets any user make namespaces.
            (Self::Apt, Engine::Chromium) => &["chromium", "chromium-driver", "chromium-sandbox"],
            (Self::Apt, Engine::Firefox) => &["firefox-esr"],
            (Self::Dnf, Engine::Chromium) => &["chromium", "chromedriver"],
            (Self::Pacman, Engine::Chromium) => &["chromium"],
            (Self::Homebrew, Engine::Chromium) => &["google-chrome", "chromedriver"],
            (Self::Chocolatey, Engine::Chromium) => &["googlechrome", "chromedriver"],
            (Self::Dnf | Self::Pacman | Self::Homebrew | Self::Chocolatey, Engine::Firefox) => &["firefox"],
        }
    }

    /// The packages that bring npm.
    pub(crate) fn npm_packages(self) -> &'static [&'static str] {
        match self {
            Self::Apt | Self::UbuntuApt | Self::Pacman => &["nodejs", "npm"],
            Self::Dnf => &["nodejs-npm"],
            Self::Homebrew => &["node"],
            Self::Chocolatey => &["nodejs-lts"],
        }
    }

    /// The packages that bring Python with its module `venv`.
    pub(crate) fn python_packages(self) -> &'static [&'static str] {
        match self {
            Self::Apt | Self::UbuntuApt => &["python3", "python3-venv"],
            Self::Dnf => &["python3"],
            Self::Pacman | Self::Homebrew | Self::Chocolatey => &["python"],
        }
    }

    /// What a person types to install, or bring up to date, these packages.
    pub(crate) fn typed(self, packages: &[&str]) -> String {
        let packages = packages.join(" ");
        let sudo = if is_root() { "" } else { "sudo " };
        match self {
            Self::Apt | Self::UbuntuApt => {
                format!("{sudo}apt-get update && {sudo}apt-get install {packages}")
            }
            Self::Dnf => format!("{sudo}dnf install {packages}"),
            Self::Pacman => format!("{sudo}pacman -S {packages}"),
            Self::Homebrew => {
                let cask = if ["node", "python"].contains(&packages.as_str()) {
                    ""
                } else {
                    "--cask "
                };
                format!("brew install {cask}{packages}")
            }
            Self::Chocolatey => format!("choco upgrade {packages}"),
        }
    }
}

/// The commands that install packages by apt, in order; none when we may not.
pub(crate) fn apt_commands(context: &Context, privilege: &Privilege, packages: &[&str]) -> Vec<CommandLine> {
    let Some(apt) = context.helper("apt-get") else {
        return Vec::new();
    };
    let prefix: (PathBuf, Vec<String>) = match privilege {
        Privilege::Root => (apt, Vec::new()),
        Privilege::Sudo(sudo) => (
            sudo.clone(),
            ["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
                .map(String::from)
                .into(),
        ),
        Privilege::None => return Vec::new(),
    };
    let command = |rest: &[&str]| {
        CommandLine::new(prefix.0.clone())
            .args(prefix.1.clone())
            .args(rest.iter().copied())
            .var("DEBIAN_FRONTEND", "noninteractive")
    };
    let mut install = vec!["install", "--yes", "-qq", "--no-install-recommends"];
    install.extend(packages);
    vec![command(&["update", "-qq"]), command(&install)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::{Machine, plant};

    fn shown(commands: &[CommandLine]) -> Vec<String> {
        commands.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn root_installs_debian_packages_directly() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let commands = apt_commands(
            &machine.context(),
            &Privilege::Root,
            &["chromium", "chromium-driver"],
        );
        assert_eq!(
            shown(&commands),
            [
                "apt-get update -qq",
                "apt-get install --yes -qq --no-install-recommends chromium chromium-driver"
            ]
        );
    }

    #[test]
    fn another_user_installs_them_through_a_sudo_that_asks_nothing() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        let sudo = Privilege::Sudo(PathBuf::from("/usr/bin/sudo"));
        let commands = apt_commands(&machine.context(), &sudo, &["firefox-esr"]);
        assert_eq!(
            shown(&commands)[0],
            "sudo -n DEBIAN_FRONTEND=noninteractive apt-get update -qq"
        );
    }

    #[test]
    fn without_the_right_to_nothing_is_run() {
        let machine = Machine::new();
        plant(&machine.bin(), "apt-get");
        assert_eq!(
            apt_commands(&machine.context(), &Privilege::None, &["chromium"]),
            []
        );
    }

    #[test]
    fn the_package_manager_is_the_one_that_is_there() {
        let machine = Machine::new();
        let fedora = || machine.context().of_distribution("ID=fedora");
        assert_eq!(Packager::of(&fedora()), None);
        plant(&machine.bin(), "dnf");
        assert_eq!(Packager::of(&fedora()), Some(Packager::Dnf));
        assert_eq!(
            Packager::of(&machine.context().on(Os::MacOs, [])),
            Some(Packager::Homebrew)
        );
    }

    #[test]
    fn one_program_brings_the_packages_of_its_distribution() {
        let machine = Machine::new();
        for program in ["apt-get", "dnf"] {
            plant(&machine.bin(), program);
        }
        let of = |os_release: &str| Packager::of(&machine.context().of_distribution(os_release));
        assert_eq!(of("ID=debian"), Some(Packager::Apt));
        assert_eq!(of("ID=ubuntu\nID_LIKE=debian"), Some(Packager::UbuntuApt));
        assert_eq!(of("ID=rocky\nID_LIKE=\"rhel centos fedora\""), None);
        assert_eq!(of("ID=altlinux"), None);
    }
}
