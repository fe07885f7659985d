//! Whether this process may install packages for the whole system.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::context::Context;

/// How system packages can be installed from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Privilege {
    /// We are root.
    Root,
    /// `sudo` at this path works without a password.
    Sudo(PathBuf),
    /// A person has to type it.
    None,
}

impl Privilege {
    pub(crate) fn of(context: &Context) -> Self {
        if is_root() {
            return Self::Root;
        }
        let Some(sudo) = context.helper("sudo") else {
            return Self::None;
        };
        let silent = Command::new(&sudo)
            .args(["-n", "true"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if silent.is_ok_and(|status| status.success()) {
            Self::Sudo(sudo)
        } else {
            Self::None
        }
    }
}

/// Whether this process runs as root; never so where there is no such thing.
pub(crate) fn is_root() -> bool {
    #[cfg(unix)]
    return rustix::process::geteuid().is_root();
    #[cfg(not(unix))]
    return false;
}
