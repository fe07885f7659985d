//! Versions, as the tools themselves print them.

use std::fmt;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::context::Os;
use crate::tool::Tool;

/// How long a tool may take to say its version. A cold browser on a busy machine takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A dotted version such as `156.0.8078.79` or `153.7.0esr`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    text: String,
    major: u32,
}

impl Version {
    /// Finds the first dotted version in a line such as `ChromeDriver 156.0.8078.79 (a21ce95…)`.
    #[must_use]
    pub fn find_in(line: &str) -> Option<Self> {
        line.split_whitespace().find_map(|word| {
            let word = word.trim_start_matches('v');
            let (major, rest) = word.split_once('.')?;
            rest.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
            Some(Self {
                text: word.trim_end_matches([',', ';', ')']).to_owned(),
                major: major.parse().ok()?,
            })
        })
    }

    /// The first number: what Chromium and ChromeDriver must share.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Asks the tool at `path` for its version; the error says why there is none.
pub(crate) fn of(os: Os, tool: Tool, path: &Path) -> Result<Version, String> {
    // On Windows the browsers open a window instead of answering, so their files are read.
    let beside = match (os, tool) {
        (Os::Windows, Tool::Chromium) => chromium_folder_version(path),
        (Os::Windows, Tool::Firefox) => firefox_ini_version(path),
        _ => return answered(path),
    };
    beside.ok_or_else(|| {
        format!(
            "no version stands beside `{}`, where this browser keeps it",
            path.display()
        )
    })
}

/// What the tool itself says of its version.
fn answered(path: &Path) -> Result<Version, String> {
    let said = ask(path)?;
    Version::find_in(&said).ok_or_else(|| {
        let said = said.lines().next().unwrap_or_default();
        format!("`{} --version` printed no version, but `{said}`", path.display())
    })
}

/// Chrome on Windows keeps its files in a folder named after the version, beside `chrome.exe`.
fn chromium_folder_version(path: &Path) -> Option<Version> {
    std::fs::read_dir(path.parent()?)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| Version::find_in(&entry.file_name().to_string_lossy()))
        .max_by_key(Version::major)
}

/// Firefox keeps its version in `application.ini`, beside the program.
fn firefox_ini_version(path: &Path) -> Option<Version> {
    let ini = std::fs::read_to_string(path.parent()?.join("application.ini")).ok()?;
    ini.lines()
        .find_map(|line| line.strip_prefix("Version="))
        .and_then(Version::find_in)
}

/// Runs `path --version` and returns what it printed on standard output.
fn ask(path: &Path) -> Result<String, String> {
    let place = path.display();
    let mut child = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("`{place}` could not be started: {error}"))?;
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                // Its answer no longer matters, so neither does how well it dies.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!(
                    "`{place} --version` gave no answer within {} s",
                    PATIENCE.as_secs()
                ));
            }
            Err(error) => return Err(format!("`{place} --version` could not be waited for: {error}")),
        }
    };
    let mut said = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout
            .read_to_string(&mut said)
            .map_err(|error| format!("the answer of `{place} --version` could not be read: {error}"))?;
    }
    if status.success() {
        Ok(said)
    } else {
        Err(format!("`{place} --version` ended with {status}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)",
        "156.0.8078.79",
        156
    )]
    #[case(
        "ChromeDriver 156.0.8078.79 (a21ce95c24ce-refs/branch-heads/8078@{#1704})",
        "156.0.8078.79",
        156
    )]
    #[case("Mozilla Firefox 153.7.0esr", "153.7.0esr", 153)]
    #[case("geckodriver 0.37.1 (e9a8 2026-01-01 12:00 +0000)", "0.37.1", 0)]
    #[case("v20.20.2", "20.20.2", 20)]
    fn a_version_is_found_in_what_tools_print(#[case] line: &str, #[case] text: &str, #[case] major: u32) {
        let version = Version::find_in(line).expect("a version");
        assert_eq!((version.to_string().as_str(), version.major()), (text, major));
    }

    #[test]
    fn a_line_without_a_version_has_none() {
        assert_eq!(Version::find_in("Opening in existing browser session."), None);
    }

    #[test]
    fn a_real_program_is_asked() {
        let cargo = std::env::var_os("CARGO").expect("tests run under cargo");
        let version =
            of(Os::current(), Tool::GeckoDriver, Path::new(&cargo)).expect("cargo says its version");
        assert!(version.major() >= 1);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = of(
            Os::current(),
            Tool::GeckoDriver,
            Path::new("/nowhere/geckodriver"),
        )
        .expect_err("no such file");
        assert!(error.contains("/nowhere/geckodriver"), "{error}");
    }

    #[test]
    fn windows_browsers_are_read_from_their_files() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(dir.path().join("156.0.8078.79")).expect("version folder");
        std::fs::write(
            dir.path().join("application.ini"),
            "[App]\nName=Firefox\nVersion=153.7.0\n",
        )
        .expect("ini");
        let chrome =
            of(Os::Windows, Tool::Chromium, &dir.path().join("chrome.exe")).expect("from the folder");
        let firefox = of(Os::Windows, Tool::Firefox, &dir.path().join("firefox.exe")).expect("from the ini");
        assert_eq!((chrome.major(), firefox.major()), (156, 153));
    }
}
