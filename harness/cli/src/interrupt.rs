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

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
