//! Answers to open questions, read off the run.

use std::collections::BTreeMap;

use journal::fact::Answer;
use journal::{Fact, Source};
use scenarios::model::{Observe, Probe};

use super::{Stage, StepError};

impl Stage {
    pub(super) async fn observe(&self, observe: &Observe) -> Result<(), StepError> {
        self.settle().await?;
        let mut case: BTreeMap<String, String> = observe.case.clone();
        case.insert("third-party cookies".to_owned(), self.job.cookies.to_string());
        let mut observed = BTreeMap::new();
        for (column, probe) in &observe.answer {
            observed.insert(column.clone(), self.probe(probe).await?);
        }
        let fact = Fact::Answer(Answer {
            question: observe.question.clone(),
            case,
            observed,
        });
        self.recorder.record(Source::Runner, None, fact);
        Ok(())
    }

    async fn probe(&self, probe: &Probe) -> Result<String, StepError> {
        Ok(match probe {
            Probe::StatusOf(request) => verdict::last_status(request, &self.since(0), &self.verdict)
                .map_or_else(|| "none".to_owned(), |status| status.to_string()),
            Probe::RequestsOf(request) => {
                verdict::request_count(request, &self.since(0), &self.verdict).to_string()
            }
            Probe::MemberOf(probe) => verdict::last_message(&probe.message, &self.since(0), &self.verdict)
                .and_then(|data| data.get(&probe.member).cloned())
                .map_or_else(
                    || "none".to_owned(),
                    |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                ),
            Probe::TextOf(locator) => {
                let elements = self.tab()?.describe(&self.locator(locator)).await?;
                elements
                    .into_iter()
                    .find(|element| element.visible)
                    .map_or_else(|| "absent".to_owned(), |element| element.text)
            }
            Probe::Shows(locator) => {
                let elements = self.tab()?.describe(&self.locator(locator)).await?;
                if elements.iter().any(|element| element.visible) {
                    "yes"
                } else {
                    "no"
                }
                .to_owned()
            }
        })
    }
}
