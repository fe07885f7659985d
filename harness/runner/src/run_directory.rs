//! Where a run's files go.

use std::path::{Path, PathBuf};

use crate::Error;

/// A run's folder, created and known to be writable.
#[derive(Debug)]
pub struct RunDirectory {
    id: String,
    path: PathBuf,
    parent: PathBuf,
}

impl RunDirectory {
    /// Creates `<output>/runs/<id>`; the id is made of the time and a random tail, so two runs never share one.
    ///
    /// # Errors
    /// The folder cannot be created or written: read-only, full, a file in the way.
    pub fn create(output: &Path) -> Result<Self, Error> {
        let id = format!(
            "{}-{:04x}",
            jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"),
            rand::random::<u16>()
        );
        let path = output.join("runs").join(&id);
        let failure = |attempt, path: &Path| {
            let path = path.display().to_string();
            move |source| Error::Output {
                attempt,
                path,
                source,
            }
        };
        std::fs::create_dir_all(&path).map_err(failure("create", &path))?;
        // A folder can exist and still refuse files: better to know now than after the last scenario.
        let trial = path.join(".writable");
        std::fs::write(&trial, b"x").map_err(failure("write into", &path))?;
        std::fs::remove_file(&trial).map_err(failure("write into", &path))?;
        Ok(Self {
            id,
            path,
            parent: output.to_owned(),
        })
    }

    /// Name of the run.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the folder of a run that came to nothing, with what was recorded until then. Not for one that was played.
    pub fn abandon(&self) {
        // What cannot be removed does no harm: without `run.json` nothing takes it for a run.
        let _ = std::fs::remove_dir_all(&self.path);
    }

    /// Moves the folder of an attempt out of the way of the next one, and returns where it is now. Both are relative to the run
    /// directory.
    pub(crate) fn set_aside(directory: &Path, folder: &str, attempt: u32) -> std::io::Result<String> {
        let aside = format!("{folder}-attempt-{attempt}");
        std::fs::rename(directory.join(folder), directory.join(&aside))?;
        Ok(aside)
    }

    /// Creates the folder of one scenario run and returns it, absolute and relative to the run directory.
    /// What an earlier attempt left there is removed.
    pub(crate) fn scenario_folder_in(
        directory: &Path,
        id: &str,
        engine: &str,
        repeat: u32,
    ) -> Result<(PathBuf, String), std::io::Error> {
        let relative = journal::run::folder_of(id, engine, repeat);
        let path = directory.join(&relative);
        match std::fs::remove_dir_all(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        std::fs::create_dir_all(&path)?;
        let relative: Vec<_> = relative
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        Ok((path, relative.join("/")))
    }

    /// Makes `<output>/latest` point here: a symbolic link, or a file with the path where links are not to be had.
    ///
    /// # Errors
    /// Neither could be written, or a folder of that name is in the way.
    pub fn publish_as_latest(&self) -> Result<(), Error> {
        let latest = self.parent.join("latest");
        let target = Path::new("runs").join(&self.id);
        let draft = self.parent.join(format!(".latest-{}", self.id));
        let outcome = link(&target, &draft).and_then(|()| std::fs::rename(&draft, &latest));
        outcome.map_err(|source| {
            // It may not have come to be.
            let _ = std::fs::remove_file(&draft);
            Error::Latest {
                latest: latest.display().to_string(),
                run: self.path.display().to_string(),
                source,
            }
        })
    }
}

#[cfg(unix)]
fn link(target: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(not(unix))]
fn link(target: &Path, link: &Path) -> std::io::Result<()> {
    std::fs::write(link, target.display().to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_the_place_of_the_link_is_left_alone_and_told_with_a_remedy() {
        let output = tempfile::tempdir().unwrap();
        let unpacked = output.path().join("latest/report.html");
        std::fs::create_dir_all(unpacked.parent().unwrap()).unwrap();
        std::fs::write(&unpacked, "x").unwrap();
        let run = RunDirectory::create(output.path()).unwrap();
        let told = run.publish_as_latest().unwrap_err().to_string();
        assert!(told.contains("move it away") && told.contains(run.id()), "{told}");
        assert!(unpacked.is_file());
        let left: Vec<_> = std::fs::read_dir(output.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name != "latest" && name != "runs")
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
