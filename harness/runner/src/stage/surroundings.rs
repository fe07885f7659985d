//! Steps of the outside world: mocks, faults, the clock.

use std::collections::BTreeMap;
use std::time::Duration;

use journal::fact::{ClockMoved, Staged};
use journal::{Fact, Source};
use serde_json::Value;
use world::Fault;

use super::{Stage, StepError};
use crate::Broken;

impl Stage {
    pub(super) fn direct(&self, directions: &BTreeMap<String, Value>) -> Result<(), StepError> {
        for (mock, direction) in directions {
            self.world.direct(mock, direction)?;
            self.note(mock, direction.clone());
        }
        Ok(())
    }

    pub(super) fn inject(&self, fault: &Value) -> Result<(), StepError> {
        let parsed: Fault = serde_json::from_value(fault.clone())
            .map_err(|error| Broken::harness(format!("no fault: {error}")))?;
        self.world.inject(parsed)?;
        self.note("fault", fault.clone());
        Ok(())
    }

    pub(super) fn clear_faults(&self) {
        self.world.clear_faults();
        self.note("fault", Value::String("all cleared".to_owned()));
    }

    pub(super) async fn advance(&self, by: Duration) -> Result<(), StepError> {
        // What is under way belongs to the time before the jump; what a fault delays goes on within it, each at its moment.
        self.settle_before_jump().await?;
        let mut timers = 0;
        let mut left = by;
        for moment in self.world.ends_of_delays() {
            let until = moment.saturating_sub(self.recorder.clock().now_ms());
            let stride = Duration::from_millis(u64::try_from(until).unwrap_or(0));
            if stride >= left {
                break;
            }
            if !stride.is_zero() {
                timers += self.context.advance(stride).await?;
                left -= stride;
            }
            // The answer comes before time goes on: otherwise the page would take it for late.
            self.settle_before_jump().await?;
        }
        timers += self.context.advance(left).await?;
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.recorder.record(
            Source::Runner,
            None,
            Fact::ClockMoved(ClockMoved { by_ms, timers }),
        );
        Ok(())
    }

    /// Waits for everything but for what only the jump lets go on.
    async fn settle_before_jump(&self) -> Result<(), StepError> {
        let before_jump = self.world.before_jump();
        self.settle().await?;
        drop(before_jump);
        Ok(())
    }

    fn note(&self, subject: &str, direction: Value) {
        let fact = Fact::Staged(Staged {
            subject: subject.to_owned(),
            direction,
        });
        self.recorder.record(Source::Runner, None, fact);
    }
}
