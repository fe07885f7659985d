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
        // What is under way belongs to the time before the jump.
        self.settle().await?;
        let timers = self.context.advance(by).await?;
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.recorder.record(
            Source::Runner,
            None,
            Fact::ClockMoved(ClockMoved { by_ms, timers }),
        );
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
