//! Expectations: waited for, settled, looked at, written down. Judging is the verdict's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use browser::Patience;
use journal::fact::Observation;
use journal::{Fact, Recorder, Source};
use scenarios::model::{Expectation, PlacedExpectation};
use serde_json::{Value, json};
use verdict::Context;

use super::{PATIENCE, Stage, StepError};
use crate::{Broken, Prepared};

/// How long an expectation is waited for before the world is asked to come to rest: longer than what a page does in
/// its own time, such as waiting for a pause in typing.
const CALM_PATIENCE: Duration = Duration::from_secs(2);

/// How often the page is looked at while an expectation does not hold yet.
const GLANCE: Duration = Duration::from_millis(25);

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
    let redactor = recorder.clone();
    Context::new(
        prepared.origins(),
        message_contracts,
        allowed,
        Arc::new(move |value| redactor.redact(value)),
        pristine,
    )
    .map_err(|error| Broken::harness(error.to_string()))
}

impl Stage {
    /// Waits until all expectations hold (or patience ends), lets the world settle, looks again and notes
    /// what was seen. True when all hold.
    pub(super) async fn expect(
        &self,
        index: usize,
        expectations: &[PlacedExpectation],
    ) -> Result<bool, StepError> {
        let mut patience = Patience::new(&self.recorder, PATIENCE);
        loop {
            self.wait_for(expectations, &mut patience).await?;
            let hurried = self.look(expectations).await?.iter().all(|look| look.holds)
                && !expectations.iter().any(|one| verdict::needs_settling(&one.value));
            // What holds and cannot be undone needs no settling; anything else is looked at again in a world at rest.
            let at_rest = hurried || self.settle().await?.restless.is_empty();
            patience.overlook();
            let looked = self.look(expectations).await?;
            let holds = looked.iter().all(|look| look.holds);
            // A world at rest does not come round by itself.
            if holds || at_rest || patience.is_over() {
                for look in looked {
                    if let Some(seen) = look.seen {
                        let fact = Fact::Observation(Observation {
                            expectation: look.path,
                            seen,
                        });
                        self.recorder.record(Source::Runner, None, fact);
                    }
                }
                if !holds {
                    self.screenshot_now(index).await;
                }
                return Ok(holds);
            }
        }
    }

    async fn wait_for(
        &self,
        expectations: &[PlacedExpectation],
        patience: &mut Patience,
    ) -> Result<(), StepError> {
        let deadline = Instant::now() + CALM_PATIENCE;
        let mut growth = self.recorder.growth();
        loop {
            growth.borrow_and_update();
            let looked = self.look(expectations).await?;
            if looked.iter().all(|look| look.holds) || Instant::now() >= deadline || patience.is_over() {
                return Ok(());
            }
            // Either the journal grows, or the page may have changed without a trace in it.
            let _ = tokio::time::timeout(GLANCE, growth.changed()).await;
        }
    }

    async fn look(&self, expectations: &[PlacedExpectation]) -> Result<Vec<Look>, StepError> {
        let mut looks = Vec::with_capacity(expectations.len());
        for placed in expectations {
            let seen = self.see(&placed.value).await?;
            let holds = match &seen {
                Some(seen) => {
                    let redacted = self.recorder.redact(seen.clone());
                    verdict::check_observation(&placed.value, &redacted, &self.verdict).holds
                }
                None => {
                    let outcome = verdict::check(&placed.value, &self.since(0), &self.verdict);
                    outcome.holds || outcome.deferred
                }
            };
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
                json!({ "value": tab.storage(&self.frame(&storage.origin), area, &storage.key).await? })
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
            | Expectation::Refused(_) => return Ok(None),
        }))
    }

    async fn screenshot_now(&self, step: usize) {
        if self.shared.options.screenshots != crate::Screenshots::Off {
            // A finding without its picture is still a finding.
            let _ = self.take_screenshot(step).await;
        }
    }
}

struct Look {
    path: String,
    seen: Option<Value>,
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
