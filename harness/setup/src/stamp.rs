//! The mark beside installed packages that says for which list they were installed. An installer that begins anew
//! takes it away, so that an installation that broke off has none.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::SetupError;

/// A mark, and the list of packages it speaks of.
pub(crate) struct Stamp {
    mark: PathBuf,
    list: PathBuf,
}

impl Stamp {
    /// The mark for a list, in the folder that the packages lie in.
    pub(crate) fn new(mark: PathBuf, list: PathBuf) -> Self {
        Self { mark, list }
    }

    /// Why the packages are not those of the list, if so; without a mark the reason is the given one.
    pub(crate) fn fault(&self, without: &str) -> Option<String> {
        let wanted = match self.digest() {
            Ok(digest) => digest,
            Err(error) => return Some(error.to_string()),
        };
        match fs::read_to_string(&self.mark) {
            Ok(found) if found.trim() == wanted => None,
            Ok(_) => {
                let list = self.list.file_name().unwrap_or_default().to_string_lossy();
                Some(format!("{list} has changed since its packages were installed"))
            }
            Err(_) => Some(without.to_owned()),
        }
    }

    /// Notes for which list the packages were installed.
    pub(crate) fn set(&self) -> Result<(), SetupError> {
        let digest = self.digest()?;
        let write = || {
            // A list may be of no packages at all; then nobody has made their folder.
            fs::create_dir_all(self.mark.parent().unwrap_or(Path::new(".")))?;
            fs::write(&self.mark, digest)
        };
        write().map_err(|cause| SetupError::File {
            action: "write",
            path: self.mark.clone(),
            cause,
        })
    }

    fn digest(&self) -> Result<String, SetupError> {
        let list = fs::read(&self.list).map_err(|cause| SetupError::File {
            action: "read",
            path: self.list.clone(),
            cause,
        })?;
        Ok(hex::encode(Sha256::digest(list)))
    }
}
