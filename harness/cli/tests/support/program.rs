//! The program, in a surrounding of its own.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longer than any command of these tests may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A folder in which the program runs: working folder, temporary folder, output.
pub(crate) struct House {
    folder: tempfile::TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("house-")
            .tempdir()
            .expect("a folder");
        for part in ["work", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).expect("a folder");
        }
        Self { folder }
    }

    /// The whole folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the program is started.
    pub(crate) fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    /// What the program takes for the temporary folder.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.path().join("tmp")
    }

    /// Where run directories go.
    pub(crate) fn output(&self) -> PathBuf {
        self.path().join("reports")
    }

    /// The program with its arguments. Nothing of the surrounding machine's settings reaches it.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rehearse"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("REHEARSE_") || text.starts_with("GITHUB_") || text == "CI" {
                command.env_remove(&name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.work())
            .env("TMPDIR", self.tmp())
            .env("NO_COLOR", "1")
            // A panic would show itself in full.
            .env("RUST_BACKTRACE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Said {
        Running::start(&mut self.command(arguments)).wait(PATIENCE)
    }
}

/// A started program whose output is collected.
pub(crate) struct Running {
    child: Child,
    out: Option<JoinHandle<String>>,
    err: Option<JoinHandle<String>>,
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    /// Its exit code; none when it was ended by a signal.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) took: Duration,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let out = child.stdout.take().map(collect);
        let err = child.stderr.take().map(collect);
        Self { child, out, err }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Ends it at once, without a chance to clear up.
    pub(crate) fn kill(mut self) -> Said {
        self.child.kill().expect("it can be killed");
        self.wait(Duration::from_secs(10))
    }

    /// Waits for its end; one that does not come is a failure of the test.
    pub(crate) fn wait(mut self, patience: Duration) -> Said {
        let began = Instant::now();
        let status: Option<ExitStatus> = super::until(patience, || {
            self.child.try_wait().expect("its state can be asked")
        });
        if status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let text = |reader: Option<JoinHandle<String>>| {
            reader.map_or_else(String::new, |reader| reader.join().expect("a reader"))
        };
        let (out, err) = (text(self.out.take()), text(self.err.take()));
        let Some(status) = status else {
            panic!(
                "it did not end within {} s\n--- out\n{out}\n--- err\n{err}",
                patience.as_secs()
            );
        };
        Said {
            code: status.code(),
            out,
            err,
            took: began.elapsed(),
        }
    }
}

/// Reads a stream to its end, beside whatever else goes on.
fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Said {
    /// Both streams, for messages.
    pub(crate) fn all(&self) -> String {
        format!(
            "exit {:?}\n--- out\n{}\n--- err\n{}",
            self.code, self.out, self.err
        )
    }
}
