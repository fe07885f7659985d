//! How long something is waited for.

use std::time::{Duration, Instant};

use journal::{Recorder, Sequence};

/// In all, a wait lasts at most this many times the calm that ends it: a page that never rests (it asks a
/// server every second) is not waited for without end.
const LONGEST: u32 = 5;

/// Patience with a product: it ends when for a while nothing has happened that the journal notes.
///
/// On a machine that is busy with other things everything comes later, nobody knows by how much. What counts
/// is therefore not how long the wait has lasted but how long nothing moved: as long as requests are
/// answered, messages arrive and pages load, what is waited for may be on its way.
#[derive(Clone, Debug)]
pub struct Patience {
    recorder: Recorder,
    calm: Duration,
    seen: Sequence,
    moved: Instant,
    begun: Instant,
}

impl Patience {
    /// Patience that begins now, and ends after so long without a new event.
    #[must_use]
    pub fn new(recorder: &Recorder, calm: Duration) -> Self {
        let now = Instant::now();
        Self {
            recorder: recorder.clone(),
            calm,
            seen: recorder.len(),
            moved: now,
            begun: now,
        }
    }

    /// Whether it has ended.
    pub fn is_over(&mut self) -> bool {
        self.left().is_zero()
    }

    /// How much is left, should nothing happen.
    pub fn left(&mut self) -> Duration {
        let seen = self.recorder.len();
        if seen != self.seen {
            self.seen = seen;
            self.moved = Instant::now();
        }
        let calm = self.calm.saturating_sub(self.moved.elapsed());
        calm.min((self.calm * LONGEST).saturating_sub(self.begun.elapsed()))
    }

    /// What was noted by whoever waits is nothing that happened.
    pub fn overlook(&mut self) {
        self.seen = self.recorder.len();
    }

    /// How long it has lasted.
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.begun.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use journal::fact::Mark;
    use journal::{Clock, Fact, Source};

    use super::*;

    fn recorder() -> Recorder {
        Recorder::in_memory(Clock::new(), 0)
    }

    fn note(recorder: &Recorder) {
        let mark = Mark { name: String::new() };
        recorder.record(Source::Runner, None, Fact::Mark(mark));
    }

    /// The patience as it would be had the time passed.
    fn later(patience: &Patience, by: Duration) -> Patience {
        let mut patience = patience.clone();
        patience.moved = patience.moved.checked_sub(by).unwrap();
        patience.begun = patience.begun.checked_sub(by).unwrap();
        patience
    }

    #[test]
    fn it_ends_when_nothing_happens() {
        let patience = Patience::new(&recorder(), Duration::from_secs(6));
        assert!(!later(&patience, Duration::from_secs(5)).is_over());
        assert!(later(&patience, Duration::from_secs(6)).is_over());
    }

    #[test]
    fn what_happens_prolongs_it_but_not_without_end() {
        let recorder = recorder();
        let patience = Patience::new(&recorder, Duration::from_secs(6));
        note(&recorder);
        assert!(!later(&patience, Duration::from_secs(29)).is_over());
        assert!(later(&patience, Duration::from_secs(30)).is_over());
    }

    #[test]
    fn what_is_overlooked_prolongs_nothing() {
        let recorder = recorder();
        let patience = Patience::new(&recorder, Duration::from_secs(6));
        note(&recorder);
        let mut late = later(&patience, Duration::from_secs(6));
        late.overlook();
        assert!(late.is_over());
    }
}
