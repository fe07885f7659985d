//! The gateway: a forward proxy on loopback that serves its world's origins and nothing else.
//!
//! [`proxy`] takes connections, [`tunnel`] ends TLS where there is some, [`visit`] speaks HTTP with the
//! browser and hands each request to the exchange. [`refusal`] says no.

mod line;
mod proxy;
mod refusal;
mod tunnel;
mod visit;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use journal::fact::Refusal;
use journal::{ExchangeId, Fact, Recorder, Sequence, Source};
use tokio::net::TcpListener;

pub(crate) use line::Line;
pub(crate) use refusal::{Asker, refuse};
pub(crate) use visit::{Connection, Cut, Sent};

use crate::ledger::Ledger;
use crate::plan::Limits;
use crate::site::Book;
use crate::tasks::Tasks;
use crate::{Authority, Cast, fault, rewrite};

/// How long to wait before accepting again when the machine is out of files.
pub(crate) const BREATHER: Duration = Duration::from_millis(20);

/// What all connections of a world share.
pub(crate) struct Gateway {
    pub(crate) book: Book,
    pub(crate) cast: Arc<dyn Cast>,
    pub(crate) authority: Arc<Authority>,
    pub(crate) recorder: Recorder,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) faults: fault::Desk,
    pub(crate) rewrites: rewrite::Desk,
    pub(crate) limits: Limits,
    pub(crate) tasks: Tasks,
    connections: AtomicU64,
    diagnoses: Mutex<Vec<String>>,
    failure: Mutex<Option<std::io::Error>>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Gateway")
            .field("origins", self.book.names())
            .finish_non_exhaustive()
    }
}

impl Gateway {
    pub(crate) fn new(
        book: Book,
        cast: Arc<dyn Cast>,
        authority: Arc<Authority>,
        recorder: Recorder,
        rewrites: rewrite::Desk,
        limits: Limits,
    ) -> Self {
        Self {
            book,
            cast,
            authority,
            ledger: Arc::new(Ledger::new(recorder.clock().clone())),
            recorder,
            faults: fault::Desk::default(),
            rewrites,
            limits,
            tasks: Tasks::default(),
            connections: AtomicU64::new(0),
            diagnoses: Mutex::default(),
            failure: Mutex::default(),
        }
    }

    /// Takes connections until the world ends.
    pub(crate) fn listen(self: &Arc<Self>, listener: TcpListener) {
        let gateway = Arc::clone(self);
        self.tasks.spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, peer)) if is_admitted(peer.ip()) => {
                        let connection = Arc::clone(&gateway);
                        gateway.tasks.spawn(proxy::serve(connection, stream));
                    }
                    Ok((_, peer)) => {
                        gateway.refused(peer.to_string(), Refusal::ForeignPeer, None);
                    }
                    Err(error) if is_of_the_peer(&error) => {}
                    Err(error) => {
                        gateway.fail(error);
                        tokio::time::sleep(BREATHER).await;
                    }
                }
            }
        });
    }

    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Writes a fact of an exchange.
    pub(crate) fn record(&self, exchange: ExchangeId, fact: Fact) -> Sequence {
        self.recorder.record(Source::Gateway, Some(exchange), fact)
    }

    /// Writes a fact that belongs to no exchange.
    pub(crate) fn note(&self, fact: Fact) -> Sequence {
        self.recorder.record(Source::Gateway, None, fact)
    }

    /// Keeps what was found wrong with an upstream.
    pub(crate) fn diagnose(&self, diagnosis: &str) {
        let mut diagnoses = self.diagnoses.lock().unwrap_or_else(PoisonError::into_inner);
        if !diagnoses.iter().any(|known| known == diagnosis) {
            tracing::warn!("{diagnosis}");
            diagnoses.push(diagnosis.to_owned());
        }
    }

    pub(crate) fn diagnoses(&self) -> Vec<String> {
        self.diagnoses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn fail(&self, error: std::io::Error) {
        tracing::warn!("failed to accept a connection: {error}");
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(error);
    }

    pub(crate) fn take_failure(&self) -> Option<std::io::Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Whether a connection could not be taken because its peer went away before. The gateway takes the next one all the same.
fn is_of_the_peer(error: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}

/// Whether a peer may speak to the gateway: only this machine may.
pub(crate) fn is_admitted(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_goes_away_is_no_failure_of_the_gateway() {
        for (number, is) in [
            (103, true), // ECONNABORTED
            (104, true), // ECONNRESET
            (4, true),   // EINTR
            (24, false), // EMFILE
            (12, false), // ENOMEM
        ] {
            let error = std::io::Error::from_raw_os_error(number);
            assert_eq!(is_of_the_peer(&error), is, "{error}");
        }
    }

    #[test]
    fn only_this_machine_is_admitted() {
        for (peer, admitted) in [
            ("127.0.0.1", true),
            ("127.8.9.10", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false),
            ("192.168.1.4", false),
            ("::ffff:10.0.0.1", false),
            ("fe80::1", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(is_admitted(peer.parse().unwrap()), admitted, "{peer}");
        }
    }
}
