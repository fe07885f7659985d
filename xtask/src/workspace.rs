//! The checkout, and the programs that are started in it.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, anyhow};
use setup::{CargoTool, Context, Engine};

/// The checkout in which `cargo xtask` was called.
pub(crate) struct Workspace {
    context: Context,
}

impl Workspace {
    /// Finds the checkout: cargo tells where this crate lies, and it lies one folder deep.
    pub(crate) fn find() -> Result<Self> {
        let start = match env::var_os("CARGO_MANIFEST_DIR") {
            Some(crate_folder) => crate_folder.into(),
            None => env::current_dir().context("the current folder cannot be found")?,
        };
        let root = Context::checkout_of(&start).ok_or_else(|| {
            anyhow!(
                "no checkout of Rehearse holds `{}`; go into one and type `cargo xtask`",
                start.display()
            )
        })?;
        Ok(Self {
            context: Context::of_checkout(root),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        self.context.root()
    }

    /// Installs what a run with these engines lacks, and says each step.
    pub(crate) fn set_up(&self, engines: &BTreeSet<Engine>) -> Result<()> {
        setup::install(&self.context, engines, &mut |step| eprintln!("setup: {step}"))?;
        Ok(())
    }

    /// The same, with what the tests of this project need besides.
    pub(crate) fn set_up_for_tests(&self, engines: &BTreeSet<Engine>) -> Result<()> {
        let context = self.context.clone().with_tests();
        setup::install(&context, engines, &mut |step| eprintln!("setup: {step}"))?;
        Ok(())
    }

    /// Shows every part.
    pub(crate) fn doctor(&self) -> ExitCode {
        let parts = setup::inspect(&self.context.clone().with_tests());
        for part in &parts {
            println!("{part}");
        }
        if parts.iter().all(setup::Part::is_ok) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// Installs a tool of ours unless it is there, and returns a command that starts it.
    pub(crate) fn tool(&self, tool: CargoTool) -> Result<Command> {
        let path = setup::install_cargo_tool(&self.context, tool, &mut |step| eprintln!("setup: {step}"))?;
        let mut command = Command::new(path);
        command.current_dir(self.root());
        Ok(command)
    }

    /// A cargo command in the checkout.
    pub(crate) fn cargo<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(args).current_dir(self.root());
        command
    }
}

/// Runs a command whose output goes straight through, and says whether it succeeded.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    let status = command.status().with_context(|| not_started(command))?;
    Ok(status.success())
}

/// The same, while `on_line` reads along with what goes to standard output.
pub(crate) fn succeeds_read_along(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| not_started(command))?;
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout);
        let mut line = Vec::new();
        // Bytes, not text: a test may print anything.
        while lines
            .read_until(b'\n', &mut line)
            .context("the output of the tests broke off")?
            > 0
        {
            std::io::stdout()
                .write_all(&line)
                .context("standard output cannot be written")?;
            on_line(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    Ok(child.wait().with_context(|| not_started(command))?.success())
}

fn not_started(command: &Command) -> String {
    format!(
        "cannot run `{}`; check that it is installed",
        command.get_program().to_string_lossy()
    )
}
