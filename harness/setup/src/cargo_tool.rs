//! Programs that cargo builds into the checkout's own tools folder.

use std::path::PathBuf;
use std::time::Instant;

use crate::command::CommandLine;
use crate::context::Context;
use crate::error::SetupError;
use crate::step::Step;

/// A program of a crate, at one fixed version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CargoTool {
    /// The crate; its program has the same name.
    pub name: &'static str,
    /// The exact version.
    pub version: &'static str,
}

impl CargoTool {
    /// The driver of Firefox.
    pub const GECKODRIVER: Self = Self {
        name: "geckodriver",
        version: "0.37.1",
    };

    /// Where the program lies once it is installed.
    #[must_use]
    pub fn path(self, context: &Context) -> PathBuf {
        context
            .tools_bin()
            .join(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX))
    }

    /// Whether exactly this version was installed, by cargo's own record, and is still there.
    #[must_use]
    pub fn is_installed(self, context: &Context) -> bool {
        let record = std::fs::read_to_string(context.tools_root().join(".crates.toml")).unwrap_or_default();
        record.contains(&format!("\"{} {} (", self.name, self.version)) && self.path(context).is_file()
    }

    /// The command that installs it, as a person types it too.
    #[must_use]
    pub fn command(self, context: &Context) -> CommandLine {
        let command = CommandLine::new(context.cargo())
            .args([
                "install",
                self.name,
                "--version",
                self.version,
                "--locked",
                "--root",
            ])
            .args([context.tools_root()]);
        // Where cargo's record says that it is there, cargo does nothing: but it is asked because what is there does not run.
        match self.is_installed(context) {
            true => command.args(["--force"]),
            false => command,
        }
    }

    /// The same command, tuned for a short build: these tools start a session or read some manifests, so minutes of
    /// link-time optimisation would never be won back.
    fn tuned(self, context: &Context) -> CommandLine {
        self.command(context)
            .args(["--target-dir"])
            .args([context.root().join("target").join("tools")])
            .var("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .var("CARGO_PROFILE_RELEASE_LTO", "off")
            .var("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .var("CARGO_PROFILE_RELEASE_DEBUG", "0")
    }
}

/// Installs the program unless it is there, and returns its path.
///
/// # Errors
/// When cargo cannot be started or does not succeed.
pub fn install_cargo_tool(
    context: &Context,
    tool: CargoTool,
    on_step: &mut dyn FnMut(Step),
) -> Result<PathBuf, SetupError> {
    if !tool.is_installed(context) {
        build_cargo_tool(context, tool, on_step)?;
    }
    Ok(tool.path(context))
}

/// Builds the program, also in the place of one that is there.
pub(crate) fn build_cargo_tool(
    context: &Context,
    tool: CargoTool,
    on_step: &mut dyn FnMut(Step),
) -> Result<(), SetupError> {
    let begun = Instant::now();
    let what = format!("{} {}", tool.name, tool.version);
    let command = tool.tuned(context);
    on_step(Step::Running {
        what: what.clone(),
        command: command.to_string(),
    });
    command.run()?;
    on_step(Step::Installed {
        what,
        took: begun.elapsed(),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::testing::{Machine, plant};

    #[test]
    fn only_the_recorded_version_counts_as_installed() {
        let machine = Machine::new();
        let context = machine.context();
        let tool = CargoTool::GECKODRIVER;
        plant(&context.tools_bin(), tool.name);
        assert!(!tool.is_installed(&context));
        let record =
            |version: &str| format!("[v1]\n\"geckodriver {version} (source)\" = [\"geckodriver\"]\n");
        std::fs::write(context.tools_root().join(".crates.toml"), record("0.36.0")).expect("record");
        assert!(!tool.is_installed(&context));
        std::fs::write(context.tools_root().join(".crates.toml"), record(tool.version)).expect("record");
        assert!(tool.is_installed(&context));
    }

    #[test]
    fn what_is_installed_is_not_installed_again() {
        let machine = Machine::new();
        let context = machine.context();
        let tool = CargoTool::GECKODRIVER;
        let planted = plant(&context.tools_bin(), tool.name);
        let record = format!("\"{} {} (source)\" = []", tool.name, tool.version);
        std::fs::write(context.tools_root().join(".crates.toml"), record).expect("record");
        let path = install_cargo_tool(&context, tool, &mut |step| panic!("{step}")).expect("nothing to do");
        assert_eq!(path, planted);
    }

    /// Cargo itself goes by its record, and would do nothing.
    #[cfg(unix)]
    #[test]
    fn what_is_installed_and_does_not_run_is_built_over() {
        let machine = Machine::new();
        let cargo = plant(&machine.bin(), "cargo");
        let asked = machine.root().join("asked");
        let script = format!("#!/bin/sh\necho \"$@\" > '{}'\n", asked.display());
        std::fs::write(&cargo, script).expect("a cargo");
        let context = machine.context().with_cargo(&cargo);
        let tool = CargoTool::GECKODRIVER;
        build_cargo_tool(&context, tool, &mut drop).expect("it is built");
        let arguments = || std::fs::read_to_string(&asked).expect("arguments");
        assert!(!arguments().contains("--force"), "{}", arguments());
        plant(&context.tools_bin(), tool.name);
        let record = format!("\"{} {} (source)\" = []", tool.name, tool.version);
        std::fs::write(context.tools_root().join(".crates.toml"), record).expect("record");
        build_cargo_tool(&context, tool, &mut drop).expect("it is built again");
        assert!(arguments().contains("--force"), "{}", arguments());
        assert!(tool.command(&context).to_string().contains("--force"));
    }
}
