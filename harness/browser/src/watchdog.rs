//! The watchdog: nothing that the harness started outlives it, however it dies.
//!
//! The harness never starts a driver itself. It starts the watchdog, holds the writing end of its
//! standard input, and the watchdog starts the driver as leader of a process group of its own. When
//! the harness goes (by itself, by a panic, by `SIGKILL`), the kernel closes the pipe; the watchdog
//! reads the end of it, kills the whole group and removes the scratch folder. An orderly shutdown
//! closes the pipe too, so the path that matters is the one that always runs.
//!
//! The watchdog is the running program itself where its `main` begins with [`run_if_asked`], else the
//! small program `rehearse-watchdog` of this crate, found beside the running one.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
#[cfg(unix)]
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

#[cfg(windows)]
use process_wrap::std::JobObject;
#[cfg(unix)]
use process_wrap::std::ProcessGroup;
use process_wrap::std::{ChildWrapper, CommandWrap};

use crate::{Error, ErrorKind, Result};

/// Set in the environment of a program that is to be the watchdog.
const ASKED: &str = "REHEARSE_WATCHDOG";
/// File name of the separate program.
const PROGRAM: &str = "rehearse-watchdog";
/// How often the watchdog looks whether the driver is still there.
const GLANCE: Duration = Duration::from_millis(100);
/// How long a scratch folder may resist its removal, while killed processes still write to it.
const REMOVAL: Duration = Duration::from_secs(3);

static CAN_BE_WATCHDOG: AtomicBool = AtomicBool::new(false);

/// Becomes the watchdog if this process was started as one; else returns, and remembers that this
/// program can be one. To be called first in `main`, before any thread is started.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     if let Some(code) = browser::watchdog::run_if_asked() {
///         return code;
///     }
///     // … the program proper …
///     std::process::ExitCode::SUCCESS
/// }
/// ```
#[must_use = "when this is a code, the program has done its work as watchdog and must exit with it"]
pub fn run_if_asked() -> Option<ExitCode> {
    CAN_BE_WATCHDOG.store(true, Ordering::SeqCst);
    std::env::var_os(ASKED)?;
    Some(run())
}

/// Runs the watchdog: arguments are the scratch folder, the driver's program, and its arguments.
#[must_use]
pub fn run() -> ExitCode {
    stand_aside();
    let mut arguments = std::env::args_os().skip(1);
    let (Some(scratch), Some(program)) = (arguments.next(), arguments.next()) else {
        eprintln!("{PROGRAM}: SCRATCH_FOLDER DRIVER [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let scratch = PathBuf::from(scratch);
    let outcome = guard(&scratch, &program, arguments.collect());
    remove(&scratch);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{PROGRAM}: failed to start {}: {error}", program.display());
            ExitCode::FAILURE
        }
    }
}

/// Who ends programs by their name, or all of a service at once, means the harness. What it is asked, the watchdog
/// learns from its pipe; were it to go first, nobody would clear up.
#[cfg(unix)]
fn stand_aside() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        // A handler ends with `exec`, so the driver can still be asked to end; "ignored" would be inherited.
        if let Err(error) = signal_hook::flag::register(signal, Arc::default()) {
            eprintln!("{PROGRAM}: signal {signal} cannot be left aside: {error}");
        }
    }
    // `killall -9` goes by the name of the program, which for the running program itself is the harness's.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::set_name(c"rehearse-watch") {
        eprintln!("{PROGRAM}: the process keeps its name: {error}");
    }
}

/// There is nothing to stand aside for.
#[cfg(not(unix))]
fn stand_aside() {}

/// Runs the driver until it ends, or until the harness does.
fn guard(scratch: &Path, program: &OsString, arguments: Vec<OsString>) -> std::io::Result<()> {
    let harness = harness_end();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_remove(ASKED)
        .env("TMPDIR", scratch)
        .stdin(Stdio::null());
    let mut command = CommandWrap::from(command);
    #[cfg(unix)]
    command.wrap(ProcessGroup::leader());
    #[cfg(windows)]
    command.wrap(JobObject);
    let mut driver = command.spawn()?;
    while let Err(RecvTimeoutError::Timeout) = harness.recv_timeout(GLANCE) {
        if let Ok(Some(_)) = driver.inner_mut().try_wait() {
            break;
        }
    }
    // Also when the driver ended by itself: its browser may still be there.
    kill(&mut *driver);
    Ok(())
}

fn kill(driver: &mut dyn ChildWrapper) {
    // Fails only when the group is empty already.
    let _ = driver.start_kill();
    let _ = driver.inner_mut().wait();
}

/// Says so once, when the other end of standard input is closed.
fn harness_end() -> Receiver<()> {
    let (say, heard) = channel();
    std::thread::spawn(move || {
        let mut sink = [0; 64];
        let mut input = std::io::stdin().lock();
        loop {
            match input.read(&mut sink) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _ = say.send(());
    });
    heard
}

/// Removes a folder that dying processes may still write to.
fn remove(folder: &Path) {
    let begun = Instant::now();
    while folder.exists() && begun.elapsed() < REMOVAL {
        if std::fs::remove_dir_all(folder).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The command that starts a watchdog over a driver. Standard input is its lifeline: keep it open.
pub(crate) fn command(
    chosen: Option<&Path>,
    scratch: &Path,
    program: &Path,
    arguments: &[String],
) -> Result<tokio::process::Command> {
    let mut command = match chosen {
        Some(path) => tokio::process::Command::new(path),
        None if CAN_BE_WATCHDOG.load(Ordering::SeqCst) => {
            let own = std::env::current_exe().map_err(|error| missing(&error.to_string()))?;
            let mut command = tokio::process::Command::new(own);
            command.env(ASKED, "1");
            command
        }
        None => tokio::process::Command::new(find()?),
    };
    command
        .arg(scratch)
        .arg(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // Out of reach of the terminal's Ctrl-C: the harness decides when it ends.
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}

/// The separate program, in the folder of the running one or in one above it, as cargo lays them out.
fn find() -> Result<PathBuf> {
    let own = std::env::current_exe().map_err(|error| missing(&error.to_string()))?;
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    own.ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
        .ok_or_else(|| missing(&format!("there is none near {}", own.display())))
}

fn missing(why: &str) -> Error {
    Error::new(
        "find the watchdog",
        ErrorKind::Missing {
            what: format!(
                "the program `{PROGRAM}` is not there ({why}); `cargo build -p browser --bins` makes it"
            ),
        },
    )
}
