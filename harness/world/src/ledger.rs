//! Which exchanges are in flight, and when a world is quiet.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use journal::{Clock, ExchangeId};
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
    /// Whether a fault keeps it from ending. A delay does so only before a jump of the clock
    /// ([`World::before_jump`](crate::World::before_jump)): otherwise it ends by itself.
    pub held_by_fault: bool,
    /// Whether it lasts by its nature: a WebSocket, a stream of server-sent events.
    pub long_lived: bool,
}

#[derive(Debug)]
pub(crate) struct Ledger {
    clock: Clock,
    next: AtomicU64,
    book: Mutex<Book>,
    restless: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Book {
    entries: BTreeMap<ExchangeId, Entry>,
    /// How many wait for what is under way before a jump of the clock.
    jumps: usize,
}

#[derive(Debug)]
struct Entry {
    state: InFlight,
    /// When its delay ends, on the world's clock.
    delayed_until: Option<i64>,
}

impl Book {
    /// Whether a fault keeps an exchange from ending, at a moment of the world's clock.
    fn is_held(&self, entry: &Entry, now: i64) -> bool {
        let waits = self.jumps > 0 && entry.delayed_until.is_some_and(|until| until > now);
        entry.state.held_by_fault || waits
    }

    fn restless(&self, now: i64) -> usize {
        let restless = |entry: &&Entry| !entry.state.long_lived && !self.is_held(entry, now);
        self.entries.values().filter(restless).count()
    }
}

impl Ledger {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            next: AtomicU64::new(0),
            book: Mutex::default(),
            restless: watch::Sender::new(0),
        }
    }

    /// A fresh id.
    pub(crate) fn next(&self) -> ExchangeId {
        ExchangeId(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Enters an exchange; it leaves when the ticket is dropped.
    pub(crate) fn enter(self: &Arc<Self>, url: String) -> Ticket {
        let exchange = self.next();
        let state = InFlight {
            exchange,
            url: url.clone(),
            since: Instant::now(),
            held_by_fault: false,
            long_lived: false,
        };
        let entry = Entry {
            state,
            delayed_until: None,
        };
        self.alter(|book| drop(book.entries.insert(exchange, entry)));
        Ticket {
            ledger: Arc::clone(self),
            exchange,
            url,
        }
    }

    pub(crate) fn in_flight(&self) -> Vec<InFlight> {
        let now = self.clock.now_ms();
        let book = self.book();
        let state = |entry: &Entry| InFlight {
            held_by_fault: book.is_held(entry, now),
            ..entry.state.clone()
        };
        book.entries.values().map(state).collect()
    }

    /// Waits until nothing is in flight but what a fault holds or what lasts by its nature.
    pub(crate) async fn quiet(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.restless.subscribe().wait_for(|count| *count == 0).await;
    }

    /// When the delays end that are running, on the world's clock, in order.
    pub(crate) fn ends_of_delays(&self) -> Vec<i64> {
        let now = self.clock.now_ms();
        let book = self.book();
        let moments = book.entries.values().filter_map(|entry| entry.delayed_until);
        let mut moments: Vec<i64> = moments.filter(|until| *until > now).collect();
        moments.sort_unstable();
        moments
    }

    /// From now on what waits for the clock counts as held.
    pub(crate) fn before_jump(self: &Arc<Self>) -> BeforeJump {
        self.alter(|book| book.jumps += 1);
        BeforeJump {
            ledger: Arc::clone(self),
        }
    }

    fn change(&self, exchange: ExchangeId, change: impl FnOnce(&mut Entry)) {
        self.alter(|book| {
            if let Some(entry) = book.entries.get_mut(&exchange) {
                change(entry);
            }
        });
    }

    /// Changes the book, and counts anew what is restless.
    fn alter(&self, change: impl FnOnce(&mut Book)) {
        let mut book = self.book();
        change(&mut book);
        self.restless.send_replace(book.restless(self.clock.now_ms()));
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time before a jump of the clock: while it lasts, what waits for the clock counts as held.
#[derive(Debug)]
#[must_use = "it ends when this is dropped"]
pub struct BeforeJump {
    ledger: Arc<Ledger>,
}

impl Drop for BeforeJump {
    fn drop(&mut self) {
        self.ledger.alter(|book| book.jumps -= 1);
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
            .change(self.exchange, |entry| entry.state.held_by_fault = true);
    }

    /// It waits until a moment on the world's clock, or goes on.
    pub(crate) fn delay(&self, until: Option<i64>) {
        self.ledger
            .change(self.exchange, |entry| entry.delayed_until = until);
    }

    /// It lasts by its nature from now on.
    pub(crate) fn last(&self) {
        self.ledger
            .change(self.exchange, |entry| entry.state.long_lived = true);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.ledger
            .alter(|book| drop(book.entries.remove(&self.exchange)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn quiet_waits_for_what_ends_by_itself_and_for_nothing_else() {
        let ledger = Arc::new(Ledger::new(Clock::new()));
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

    #[test]
    fn what_waits_for_the_clock_is_waited_for_except_before_a_jump() {
        let clock = Clock::new();
        let ledger = Arc::new(Ledger::new(clock.clone()));
        let is_quiet = || ledger.quiet().now_or_never().is_some();
        let delayed = ledger.enter("https://a/1".to_owned());
        let until = clock.now_ms() + 3_600_000;
        delayed.delay(Some(until));
        assert!(!is_quiet());
        assert_eq!(ledger.ends_of_delays(), [until]);
        let before = ledger.before_jump();
        assert!(is_quiet());
        assert!(ledger.in_flight()[0].held_by_fault);
        // The clock has come there: what is missing now is the answer.
        clock.advance_ms(3_600_000);
        assert!(!ledger.in_flight()[0].held_by_fault);
        assert!(ledger.ends_of_delays().is_empty());
        delayed.delay(None);
        assert!(!is_quiet());
        drop(before);
        assert!(!is_quiet());
        drop(delayed);
        assert!(is_quiet());
    }
}
