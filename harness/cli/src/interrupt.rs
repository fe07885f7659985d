//! Ctrl-C and SIGTERM: the first asks the run to end in order, the second ends it at once.

use tokio_util::sync::CancellationToken;

/// A token that fires at the first signal. At the second the process ends; the watchdog then clears up
/// what is left.
pub(crate) fn token() -> CancellationToken {
    let token = CancellationToken::new();
    let fire = token.clone();
    tokio::spawn(async move {
        signal().await;
        anstream::eprintln!("\ninterrupted: finishing the run directory (once more to end at once)");
        fire.cancel();
        signal().await;
        std::process::exit(130);
    });
    token
}

/// Waits for Ctrl-C or SIGTERM, listening from the call on.
#[cfg(unix)]
pub(crate) fn signal() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok());
    async move {
        let [interrupt, terminate] = signals;
        // A signal that cannot be listened for ends the process by itself.
        let wait = async |signal: Option<tokio::signal::unix::Signal>| match signal {
            Some(mut signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        };
        tokio::select! {
            () = wait(interrupt) => {}
            () = wait(terminate) => {}
        }
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn signal() -> impl Future<Output = ()> + Send + 'static {
    async {
        let _ = tokio::signal::ctrl_c().await;
    }
}
