//! Which exchanges are in flight, and when a world is quiet.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use journal::ExchangeId;
use tokio::sync::watch;

/// An exchange that has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// The exchange.
    pub exchange: ExchangeId,
    /// What was asked for.
    pub url: String,
    /// When it began.
    pub since: Instant,
    /// Whether a fault keeps it from ending. A delay does not: it ends by itself.
    pub held_by_fault: bool,
    /// Whether it lasts by its nature: a WebSocket, a stream of server-sent events.
    pub long_lived: bool,
}

impl InFlight {
    fn is_restless(&self) -> bool {
        !self.held_by_fault && !self.long_lived
    }
}

#[derive(Debug)]
pub(crate) struct Ledger {
    next: AtomicU64,
    entries: Mutex<BTreeMap<ExchangeId, InFlight>>,
    restless: watch::Sender<usize>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            next: AtomicU64::new(0),
            entries: Mutex::default(),
            restless: watch::Sender::new(0),
        }
    }
}

impl Ledger {
    /// A fresh id.
    pub(crate) fn next(&self) -> ExchangeId {
        ExchangeId(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Enters an exchange; it leaves when the ticket is dropped.
    pub(crate) fn enter(self: &Arc<Self>, url: String) -> Ticket {
        let exchange = self.next();
        let mut entries = self.entries();
        entries.insert(
            exchange,
            InFlight {
                exchange,
                url: url.clone(),
                since: Instant::now(),
                held_by_fault: false,
                long_lived: false,
            },
        );
        self.restless.send_modify(|count| *count += 1);
        drop(entries);
        Ticket {
            ledger: Arc::clone(self),
            exchange,
            url,
        }
    }

    pub(crate) fn in_flight(&self) -> Vec<InFlight> {
        self.entries().values().cloned().collect()
    }

    /// Waits until nothing is in flight but what a fault holds or what lasts by its nature.
    pub(crate) async fn quiet(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.restless.subscribe().wait_for(|count| *count == 0).await;
    }

    fn change(&self, exchange: ExchangeId, change: impl FnOnce(&mut InFlight)) {
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(&exchange) else {
            return;
        };
        let before = entry.is_restless();
        change(entry);
        match (before, entry.is_restless()) {
            (true, false) => self.restless.send_modify(|count| *count -= 1),
            (false, true) => self.restless.send_modify(|count| *count += 1),
            _ => {}
        }
    }

    fn leave(&self, exchange: ExchangeId) {
        let mut entries = self.entries();
        if entries.remove(&exchange).is_some_and(|entry| entry.is_restless()) {
            self.restless.send_modify(|count| *count -= 1);
        }
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<ExchangeId, InFlight>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An exchange's place in the ledger.
#[derive(Debug)]
#[must_use = "the exchange leaves the ledger when this is dropped"]
pub(crate) struct Ticket {
    ledger: Arc<Ledger>,
    exchange: ExchangeId,
    url: String,
}

impl Ticket {
    pub(crate) fn exchange(&self) -> ExchangeId {
        self.exchange
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A fault holds it from now on.
    pub(crate) fn hold(&self) {
        self.ledger
            .change(self.exchange, |entry| entry.held_by_fault = true);
    }

    /// It lasts by its nature from now on.
    pub(crate) fn last(&self) {
        self.ledger.change(self.exchange, |entry| entry.long_lived = true);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.ledger.leave(self.exchange);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn quiet_waits_for_what_ends_by_itself_and_for_nothing_else() {
        let ledger = Arc::new(Ledger::default());
        let is_quiet = || ledger.quiet().now_or_never().is_some();
        assert!(is_quiet());
        let plain = ledger.enter("https://a/1".to_owned());
        let held = ledger.enter("https://a/2".to_owned());
        let socket = ledger.enter("wss://a/3".to_owned());
        assert!(!is_quiet());
        held.hold();
        socket.last();
        assert!(!is_quiet());
        drop(plain);
        assert!(is_quiet());
        assert_eq!(
            ledger
                .in_flight()
                .iter()
                .map(|entry| (entry.exchange.0, entry.held_by_fault, entry.long_lived))
                .collect::<Vec<_>>(),
            [(2, true, false), (3, false, true)]
        );
        drop((held, socket));
        assert!(is_quiet());
        assert!(ledger.in_flight().is_empty());
    }
}
