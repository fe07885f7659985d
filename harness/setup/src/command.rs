//! One command line, kept as data: what is shown to a person is what is run.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::SetupError;

/// A program with its arguments, folder and extra variables. Its `Display` can be typed into a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    program: PathBuf,
    args: Vec<OsString>,
    vars: BTreeMap<String, String>,
    folder: Option<PathBuf>,
    in_full: bool,
}

impl CommandLine {
    /// A command without arguments.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            vars: BTreeMap::new(),
            folder: None,
            in_full: false,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets a variable for this command alone. It tunes the command, so it is not shown.
    #[must_use]
    pub fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs the command in `folder` instead of the current one.
    #[must_use]
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Shows the program with its whole path, because it lies where no search path leads.
    #[must_use]
    pub fn shown_in_full(mut self) -> Self {
        self.in_full = true;
        self
    }

    /// Runs the command to its end. What it prints goes to standard error, so that standard output stays the caller's.
    ///
    /// # Errors
    /// When it cannot be started or ends with another status than success.
    pub fn run(&self) -> Result<(), SetupError> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .envs(&self.vars)
            .stdin(Stdio::null())
            .stdout(Stdio::from(io::stderr()));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        let status = command.status().map_err(|cause| SetupError::NotStarted {
            command: self.to_string(),
            cause,
        })?;
        if status.success() {
            Ok(())
        } else {
            Err(SetupError::Failed {
                command: self.to_string(),
                status,
            })
        }
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(folder) = &self.folder {
            write!(f, "cd {} && ", quoted(&folder.to_string_lossy()))?;
        }
        let program = if self.in_full {
            self.program.to_string_lossy().into_owned()
        } else {
            program_name(&self.program)
        };
        f.write_str(&quoted(&program))?;
        for arg in &self.args {
            write!(f, " {}", quoted(&arg.to_string_lossy()))?;
        }
        Ok(())
    }
}

/// What a person types for a program on the search path.
fn program_name(program: &Path) -> String {
    let name = program.file_stem().unwrap_or(program.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Puts a word in quotes if a shell would take it apart.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@,+\\".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("\"{word}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_is_typed() {
        let command = CommandLine::new("/usr/bin/npm")
            .args(["ci", "--no-audit"])
            .within("/a b/app");
        assert_eq!(command.to_string(), "cd \"/a b/app\" && npm ci --no-audit");
    }

    #[test]
    fn a_command_that_fails_is_named_with_its_status() {
        let cargo = std::env::var_os("CARGO").expect("tests run under cargo");
        let error = CommandLine::new(cargo)
            .args(["no-such-subcommand"])
            .run()
            .expect_err("it fails");
        assert!(error.to_string().contains("cargo no-such-subcommand"), "{error}");
    }

    #[test]
    fn a_command_that_is_not_there_is_named() {
        let error = CommandLine::new("/nowhere/npm").run().expect_err("no such file");
        assert!(matches!(error, SetupError::NotStarted { .. }), "{error}");
    }
}
