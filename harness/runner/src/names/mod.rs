//! Names that a scenario's steps use, held against what there is, before anything is started.

mod address;
mod locator;
mod path;
mod served;

use std::collections::BTreeMap;

use fixtures::{Persona, Serve, WorldSpec};
use scenarios::model::{
    Expectation, Locator, MessageExpectation, Press, Probe, RequestExpectation, Sender, Step, Typed,
};
use scenarios::{Diagnostic, Location, PlacedStep};
use serde_json::Value;
use world::Fault;

pub(crate) use served::Served;

/// Intakes that telemetry expectations can name.
const SINKS: [&str; 2] = ["mixpanel", "datadog"];

/// What names can refer to.
pub(crate) struct Names<'a> {
    pub(crate) origins: &'a BTreeMap<String, String>,
    pub(crate) kinds: &'a [String],
    pub(crate) spec: &'a WorldSpec,
    pub(crate) people: &'a BTreeMap<String, Persona>,
    pub(crate) locators: &'a BTreeMap<String, Locator>,
    pub(crate) served: &'a Served,
}

impl Names<'_> {
    /// Every name in a step that refers to nothing.
    pub(crate) fn check(&self, placed: &PlacedStep) -> Vec<Diagnostic> {
        let mut wrong = Vec::new();
        let at = &placed.location;
        match &placed.step {
            Step::Open(url) => self.url(at, url, &mut wrong),
            Step::OpenTab(tab) => self.url(at, &tab.url, &mut wrong),
            Step::PostMessage(post) => {
                match &post.from {
                    Sender::Popup(name) => self.popup(at, name, &mut wrong),
                    Sender::Frame { frame } => self.frame(at, frame, &mut wrong),
                }
                if let Some(to) = &post.to {
                    self.frame(at, to, &mut wrong);
                }
                if let Some(target) = &post.target_origin {
                    self.target_origin(at, target, &mut wrong);
                }
            }
            Step::NavigateFrame(navigate) => {
                self.frame(at, &navigate.frame, &mut wrong);
                self.destination(at, &navigate.to, &mut wrong);
            }
            Step::Request(request) => {
                if let Some(from) = &request.from {
                    self.frame(at, from, &mut wrong);
                }
                self.url(at, &request.url, &mut wrong);
            }
            Step::Click(locator)
            | Step::DoubleClick(locator)
            | Step::Focus(locator)
            | Step::Hover(locator)
            | Step::ScrollTo(locator) => self.locator(at, locator, &mut wrong),
            Step::Fill(fill) => {
                self.locator(at, &fill.field, &mut wrong);
                if let Typed::OneTimeCode { one_time_code } = &fill.with {
                    self.authenticator(at, one_time_code, &mut wrong);
                }
            }
            Step::Select(select) => self.locator(at, &select.field, &mut wrong),
            Step::Press(press) => {
                let (key, on) = match press {
                    Press::Key(key) => (key, None),
                    Press::On { key, on, .. } => (key, on.as_deref()),
                };
                if let Some(locator) = on {
                    self.locator(at, locator, &mut wrong);
                }
                if let Err(reason) = browser::check_keys(key) {
                    wrong.push(Diagnostic::at(
                        at.clone(),
                        format!("`{key}` cannot be pressed: {reason}"),
                    ));
                }
            }
            Step::Expect(expectations) => {
                for placed in expectations {
                    self.expectation(&placed.location, &placed.value, &mut wrong);
                }
            }
            Step::Observe(observe) => {
                for probe in observe.answer.values() {
                    self.probe(at, probe, &mut wrong);
                }
            }
            // Directions and faults are read where those of the scenario's head are; the order of tabs and marks, and
            // preludes, are the language's own business. No arm for all the rest: a new step is to be thought of here.
            Step::Stage(_)
            | Step::Fault(_)
            | Step::Use(_)
            | Step::SwitchTab(_)
            | Step::CloseTab(_)
            | Step::Reload
            | Step::Back
            | Step::ClearFaults
            | Step::Advance(_)
            | Step::Mark(_)
            | Step::Screenshot(_) => {}
        }
        wrong
    }

    fn expectation(&self, at: &Location, expectation: &Expectation, wrong: &mut Vec<Diagnostic>) {
        match expectation {
            Expectation::Message(message) => self.message(at, message, wrong),
            Expectation::Request(request) => self.request(at, request, wrong),
            Expectation::Telemetry(telemetry) if !SINKS.contains(&telemetry.sink.as_str()) => {
                wrong.push(Diagnostic::unknown(
                    at.clone(),
                    "telemetry intake",
                    &telemetry.sink,
                    SINKS,
                ));
            }
            Expectation::Mock(mock) => {
                let known: Vec<&str> = self
                    .spec
                    .origins
                    .values()
                    .filter_map(|origin| match &origin.serve {
                        Serve::Mock(name) => Some(name.as_str()),
                        _ => None,
                    })
                    .collect();
                if !known.contains(&mock.name.as_str()) {
                    wrong.push(Diagnostic::unknown(at.clone(), "mock", &mock.name, known));
                }
            }
            Expectation::Page(page) => self.locator(at, &page.element, wrong),
            Expectation::Cookie(cookie) => self.origin(at, &cookie.origin, wrong),
            Expectation::Frame(frame) => self.frame(at, &frame.of, wrong),
            Expectation::Motion(motion) => {
                if let Some(name) = &motion.origin {
                    self.origin(at, name, wrong);
                }
            }
            Expectation::Storage(storage) => self.frame(at, &storage.origin, wrong),
            Expectation::Accessibility(accessibility) => {
                if let Some(within) = &accessibility.within {
                    self.locator(at, within, wrong);
                }
            }
            Expectation::Telemetry(_)
            | Expectation::Url(_)
            | Expectation::Title(_)
            | Expectation::Error(_)
            | Expectation::CspViolation(_)
            | Expectation::Refused(_) => {}
        }
    }

    fn probe(&self, at: &Location, probe: &Probe, wrong: &mut Vec<Diagnostic>) {
        match probe {
            Probe::StatusOf(request) | Probe::RequestsOf(request) => self.request(at, request, wrong),
            Probe::MemberOf(member) => self.message(at, &member.message, wrong),
            Probe::TextOf(locator) | Probe::Shows(locator) => self.locator(at, locator, wrong),
        }
    }

    fn message(&self, at: &Location, message: &MessageExpectation, wrong: &mut Vec<Diagnostic>) {
        for name in message.from.iter().chain(&message.to) {
            self.origin(at, name, wrong);
        }
        if let Some(target) = &message.target_origin
            && !["*", "/"].contains(&target.as_str())
        {
            self.origin(at, target, wrong);
        }
        if let Some(kind) = &message.kind
            && !self.kinds.contains(kind)
        {
            let known = self.kinds.iter().map(String::as_str);
            wrong.push(Diagnostic::unknown(at.clone(), "kind of message", kind, known));
        }
    }

    fn request(&self, at: &Location, request: &RequestExpectation, wrong: &mut Vec<Diagnostic>) {
        for name in request.from.iter().chain(&request.to) {
            self.origin(at, name, wrong);
        }
        if let Some(path) = &request.path {
            wrong.extend(path::mistake(at, path));
        }
    }

    /// A fault as the gateway takes it: confined to an origin by the name or the address under which it is served.
    pub(crate) fn fault(&self, at: &Location, fault: &Value, wrong: &mut Vec<Diagnostic>) -> Option<Fault> {
        let mut fault = match serde_json::from_value::<Fault>(fault.clone()) {
            Ok(fault) => fault,
            Err(error) => {
                wrong.push(Diagnostic::at(at.clone(), error.to_string()));
                return None;
            }
        };
        if let Some(name) = &fault.origin {
            match self.served.find(at, name, self.origins) {
                Ok(origin) => fault.origin = Some(origin),
                Err(mistake) => wrong.push(*mistake),
            }
        }
        Some(fault)
    }

    /// Somebody of this world who has an authenticator app.
    fn authenticator(&self, at: &Location, persona: &str, wrong: &mut Vec<Diagnostic>) {
        match self.people.get(persona) {
            None => {
                let known = self.people.keys().map(String::as_str);
                wrong.push(Diagnostic::unknown(at.clone(), "persona", persona, known));
            }
            Some(person) if !person.second_factor => wrong.push(
                Diagnostic::at(at.clone(), format!("`{persona}` has no authenticator app"))
                    .help("a persona with `second-factor: true` has one"),
            ),
            Some(_) => {}
        }
    }
}
