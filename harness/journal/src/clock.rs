//! The world's clock: machine time plus what a scenario advanced.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Moment;

/// One clock for the mocks of a world and, through the time shim, for its pages.
///
/// It runs at the machine's pace and jumps ahead when a scenario says so. Cheap to clone: clones are
/// the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that agrees with the machine's.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Milliseconds since the Unix epoch on the world's clock.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        let wall = i64::try_from(wall_us() / 1000).unwrap_or(i64::MAX);
        wall.saturating_add(self.offset_ms())
    }

    /// Whole seconds since the Unix epoch on the world's clock, as tokens state them.
    #[must_use]
    pub fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// How far the clock is ahead of the machine's, in milliseconds.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }

    /// Moves the clock ahead (or, with a negative number, back) and returns the new offset.
    pub fn advance_ms(&self, by: i64) -> i64 {
        self.offset_ms.fetch_add(by, Ordering::SeqCst).saturating_add(by)
    }

    /// Now, on both clocks.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment {
            wall_us: wall_us(),
            virtual_ms: self.now_ms(),
        }
    }
}

fn wall_us() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
