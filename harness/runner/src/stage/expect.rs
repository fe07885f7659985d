//! Expectations: waited for, settled, looked at, written down. Judging is the verdict's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use browser::{Patience, Stored};
use journal::fact::Observation;
use journal::{Event, Fact, Recorder, Sequence, Source};
use scenarios::model::{Expectation, PlacedExpectation};
use serde_json::{Value, json};
use verdict::Context;

use super::{PATIENCE, Stage, StepError};
use crate::{Broken, Prepared};

/// How long an expectation is waited for before the world is asked to come to rest: longer than what a page does in
/// its own time, such as waiting for a pause in typing.
const CALM_PATIENCE: Duration = Duration::from_secs(2);

/// How long after the first look the page is looked at again while an expectation does not hold yet. The pauses grow:
/// what is not there at once takes a while, and every look keeps the browser from bringing it.
const GLANCE: Duration = Duration::from_millis(25);
/// How long such a pause becomes.
const LONGEST_GLANCE: Duration = Duration::from_millis(100);

/// What the verdict needs to know besides journal and scenario.
pub(super) fn context(
    prepared: &Arc<Prepared>,
    recorder: &Recorder,
    pristine: bool,
) -> Result<Context, Broken> {
    let message_contracts = fixtures::message_contracts()
        .map_err(|error| Broken::harness(error.to_string()))?
        .into_iter()
        .map(|contract| (contract.kind, contract.schema))
        .collect();
    let allowed = serde_json::to_value(&prepared.spec.allowed)
        .and_then(serde_json::from_value)
        .map_err(|error| Broken::harness(format!("the world's allowed places cannot be read: {error}")))?;
    Context::new(
        prepared.origins(),
        message_contracts,
        allowed,
        recorder.clone(),
        pristine,
    )
    .map_err(|error| Broken::harness(error.to_string()))
}

impl Stage {
    /// Waits until all expectations hold (or patience ends), lets the world settle, looks again and notes
    /// what was seen.
    pub(super) async fn expect(&self, expectations: &[PlacedExpectation]) -> Result<Decision, StepError> {
        let lasting = !expectations.iter().any(|one| verdict::needs_settling(&one.value));
        let mut patience = Patience::new(&self.recorder, PATIENCE);
        loop {
            let held = self.wait_for(expectations, &mut patience).await?;
            // What holds and cannot be undone needs no settling; anything else is looked at again in a world at rest.
            let at_rest = held && lasting || self.settle().await?.restless.is_empty();
            patience.overlook();
            let looks = self.look(expectations).await?;
            let events = self.since(0);
            let holds = looks.iter().all(|look| look.holds) && self.says(&events, expectations);
            // A world at rest does not come round by itself.
            if holds || at_rest || patience.is_over() {
                for look in looks {
                    let fact = Fact::Observation(Observation {
                        expectation: look.path,
                        seen: look.seen,
                    });
                    self.recorder.record(Source::Runner, None, fact);
                }
                let at = events.last().map_or(0, |event| event.seq);
                return Ok(Decision { holds, at });
            }
        }
    }

    /// Waits until all expectations hold. True when they do, false when patience ends.
    async fn wait_for(
        &self,
        expectations: &[PlacedExpectation],
        patience: &mut Patience,
    ) -> Result<bool, StepError> {
        let deadline = Instant::now() + CALM_PATIENCE;
        let mut growth = self.recorder.growth();
        let mut glance = GLANCE;
        let (mut asked_at, mut journal_says) = (None, false);
        loop {
            // The journal first: to ask it costs the browser nothing. It says the same until it grows.
            let length = *growth.borrow_and_update();
            if asked_at != Some(length) {
                asked_at = Some(length);
                journal_says = self.says(&self.since(0), expectations);
            }
            if journal_says && self.look(expectations).await?.iter().all(|look| look.holds) {
                return Ok(true);
            }
            if Instant::now() >= deadline || patience.is_over() {
                return Ok(false);
            }
            if journal_says {
                // A page may change without a trace in the journal.
                tokio::time::sleep(glance).await;
                glance = (glance * 2).min(LONGEST_GLANCE);
            } else {
                let _ = tokio::time::timeout(LONGEST_GLANCE, growth.changed()).await;
            }
        }
    }

    /// Whether those expectations hold, by these events, that the journal answers.
    fn says(&self, events: &[Arc<Event>], expectations: &[PlacedExpectation]) -> bool {
        expectations
            .iter()
            .filter(|placed| !verdict::is_looked_at(&placed.value))
            .all(|placed| {
                let outcome = verdict::check(&placed.value, events, &self.verdict);
                outcome.holds || outcome.deferred
            })
    }

    /// Looks at what the others are about.
    async fn look(&self, expectations: &[PlacedExpectation]) -> Result<Vec<Look>, StepError> {
        let mut looks = Vec::new();
        for placed in expectations {
            let Some(seen) = self.see(&placed.value).await? else {
                continue;
            };
            let redacted = self.recorder.redact(seen.clone());
            let holds = verdict::check_observation(&placed.value, &redacted, &self.verdict).holds;
            looks.push(Look {
                path: placed.path.clone(),
                seen,
                holds,
            });
        }
        Ok(looks)
    }

    /// What the browser shows of an expectation; nothing for those that the journal answers.
    async fn see(&self, expectation: &Expectation) -> Result<Option<Value>, StepError> {
        let tab = self.tab()?;
        Ok(Some(match expectation {
            Expectation::Page(page) => {
                let locator = self.locator(&page.element);
                let elements = tab.describe(&locator).await?;
                // Whether the focus is inside is only asked where it is expected: it takes a second look.
                let focus_within = match page.focus_within {
                    Some(_) => {
                        elements.iter().any(|element| element.focused)
                            || !tab.describe(&focus_inside(locator)).await?.is_empty()
                    }
                    None => false,
                };
                json!({ "elements": elements.iter().map(|one| element(one, focus_within)).collect::<Vec<_>>() })
            }
            Expectation::Url(_) => json!({ "url": tab.url().await? }),
            Expectation::Title(_) => json!({ "title": tab.title().await? }),
            Expectation::Frame(_) => {
                let frames = tab.frames().await?;
                json!({ "frames": frames.iter().filter(|frame| frame.parent.is_some())
                    .map(|frame| json!({ "origin": frame.origin, "url": frame.url })).collect::<Vec<_>>() })
            }
            Expectation::Storage(storage) => {
                let area = match storage.area.as_deref() {
                    Some("session") => browser::StorageArea::Session,
                    _ => browser::StorageArea::Local,
                };
                match tab
                    .storage(&self.frame(&storage.origin), area, &storage.key)
                    .await?
                {
                    Stored::Value(value) => json!({ "value": value }),
                    Stored::Absent => json!({ "value": null }),
                    // Not the same as absent: nothing was looked at.
                    Stored::OutOfReach => json!({}),
                }
            }
            Expectation::Cookie(cookie) => {
                let jar = self.context.cookies(&self.origin(&cookie.origin)).await?;
                json!({ "cookies": jar })
            }
            Expectation::Accessibility(accessibility) => {
                let within = accessibility.within.as_ref().map(|within| self.locator(within));
                let source = browser::axe_source(&browser::page_modules())?;
                let frame = within
                    .as_ref()
                    .map_or(browser::FrameSelector::Top, |within| within.frame.clone());
                let violations = tab.accessibility(&source, &frame, within.as_ref()).await?;
                json!({ "violations": violations.iter().map(violation).collect::<Vec<_>>() })
            }
            Expectation::Message(_)
            | Expectation::Request(_)
            | Expectation::Telemetry(_)
            | Expectation::Mock(_)
            | Expectation::Error(_)
            | Expectation::CspViolation(_)
            | Expectation::Motion(_)
            | Expectation::Refused(_) => return Ok(None),
        }))
    }
}

/// Whether all expectations of a step held, and by how much of the journal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    pub(super) holds: bool,
    pub(super) at: Sequence,
}

/// What was seen where an expectation wanted a look.
struct Look {
    path: String,
    seen: Value,
    holds: bool,
}

fn violation(violation: &browser::Violation) -> Value {
    let nodes: Vec<&str> = violation
        .nodes
        .iter()
        .map(|node| node.selector.as_str())
        .collect();
    json!({ "id": violation.id, "impact": violation.impact, "help": violation.help, "nodes": nodes })
}

/// The element with the focus inside another.
fn focus_inside(outer: browser::Locator) -> browser::Locator {
    let frame = outer.frame.clone();
    browser::Locator::css(":focus").in_frame(frame).within(outer)
}

fn element(element: &browser::Element, focus_within: bool) -> Value {
    json!({
        "role": element.role,
        "name": element.name,
        "text": element.text,
        "value": element.value,
        "visible": element.visible,
        "enabled": element.enabled,
        "focused": element.focused,
        "focus_within": focus_within,
        "attributes": element.attributes,
        "height": element.bounds.height,
    })
}
