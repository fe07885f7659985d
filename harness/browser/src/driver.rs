//! The driver process, under its watchdog.

use std::collections::VecDeque;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::launch::Launch;
use crate::{Error, ErrorKind, Result, watchdog};

/// How long a driver may take to say its port.
const START: Duration = Duration::from_secs(20);
/// How long the watchdog may take to clean up.
const CLEAN_UP: Duration = Duration::from_secs(6);
/// Lines of the driver's output that are kept for error messages.
const KEPT_LINES: usize = 20;

/// A running driver. Dropping it closes the watchdog's lifeline, which ends everything.
#[derive(Debug)]
pub(crate) struct Driver {
    lifeline: Option<ChildStdin>,
    watchdog: u32,
    port: u16,
    said: Said,
    ended: watch::Receiver<Option<String>>,
}

/// Why a driver did not start.
#[derive(Debug)]
pub(crate) struct NotStarted {
    pub(crate) error: Error,
    /// Somebody else was quicker to take the port that the driver had chosen: another start finds another.
    pub(crate) port_was_taken: bool,
}

/// How to read the port off a line, and who wants to know.
type PortWatch = (fn(&str) -> Option<u16>, watch::Sender<Option<u16>>);

/// The last lines a driver wrote.
#[derive(Debug, Clone, Default)]
struct Said(Arc<Mutex<VecDeque<String>>>);

impl Driver {
    /// Starts the engine's driver on a free port.
    pub(crate) async fn start(launch: &Launch, scratch: &Path) -> std::result::Result<Self, NotStarted> {
        let table = launch.engine.table();
        let attempt = format!("start {}", launch.driver_binary.display());
        let arguments = (table.driver_arguments)(scratch);
        let mut command = watchdog::command(
            launch.watchdog.as_deref(),
            scratch,
            &launch.driver_binary,
            &arguments,
        )?;
        let refuse = |reason: String| NotStarted::from(Error::launch(attempt.clone(), reason));
        let mut child = command
            .spawn()
            .map_err(|error| refuse(format!("the watchdog does not start: {error}")))?;
        let lifeline = child.stdin.take();
        let watchdog = child.id().unwrap_or_default();
        let said = Said::default();
        let (port, mut heard) = watch::channel(None);
        let mut listeners = JoinSet::new();
        if let Some(output) = child.stdout.take() {
            listeners.spawn(listen(output, said.clone(), Some((table.port_in, port))));
        }
        if let Some(output) = child.stderr.take() {
            listeners.spawn(listen(output, said.clone(), None));
        }
        let ended = watch_end(child);
        let heard = tokio::time::timeout(START, heard.wait_for(Option::is_some))
            .await
            .map_err(|_| refuse(format!("it named no port in {} s: {said}", START.as_secs())))?
            .ok()
            .and_then(|port| *port);
        let Some(port) = heard else {
            // Its last words may come by the other of its two outputs.
            let _ = tokio::time::timeout(CLEAN_UP, listeners.join_all()).await;
            return Err(NotStarted {
                port_was_taken: table.port_taken.is_some_and(|words| said.contains(words)),
                ..refuse(format!("it ended at once: {said}"))
            });
        };
        listeners.detach_all();
        Ok(Self {
            lifeline,
            watchdog,
            port,
            said,
            ended,
        })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The watchdog's process id.
    pub(crate) fn watchdog(&self) -> u32 {
        self.watchdog
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&self) -> bool {
        self.ended.borrow().is_none()
    }

    /// Its last words, for error messages.
    pub(crate) fn last_words(&self) -> String {
        self.said.to_string()
    }

    /// Ends it, its browser and the watchdog, and waits until they are gone.
    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.lifeline.take());
        let mut ended = self.ended.clone();
        let outcome = tokio::time::timeout(CLEAN_UP, ended.wait_for(Option::is_some)).await;
        match outcome {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::new(
                "end the driver",
                ErrorKind::TimedOut { after: CLEAN_UP },
            )),
        }
    }
}

impl From<Error> for NotStarted {
    fn from(error: Error) -> Self {
        Self {
            error,
            port_was_taken: false,
        }
    }
}

/// Collects lines, and the port where one names it.
async fn listen(output: impl AsyncRead + Unpin, said: Said, mut port: Option<PortWatch>) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::trace!(target: "browser::driver", "{line}");
        if let Some((port_in, heard)) = &port
            && let Some(found) = port_in(&line)
        {
            heard.send_replace(Some(found));
            port = None;
        }
        said.add(line);
    }
}

fn watch_end(mut child: Child) -> watch::Receiver<Option<String>> {
    let (end, ended) = watch::channel(None);
    tokio::spawn(async move {
        let how = child
            .wait()
            .await
            .map_or_else(|error| error.to_string(), |status: ExitStatus| status.to_string());
        end.send_replace(Some(how));
    });
    ended
}

impl Said {
    fn add(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn contains(&self, words: &str) -> bool {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().any(|line| line.contains(words))
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.is_empty() {
            return formatter.write_str("it said nothing");
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        formatter.write_str(&lines.join(" | "))
    }
}
