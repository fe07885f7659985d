//! Names that a scenario's steps use, held against what there is, before anything is started.

use std::collections::BTreeMap;

use fixtures::{Persona, Serve, WorldSpec};
use globset::GlobBuilder;
use scenarios::model::{
    Expectation, FrameName, Locator, MessageExpectation, Press, Probe, RequestExpectation, Sender, Step,
    Typed,
};
use scenarios::{Diagnostic, Location, PlacedStep};
use serde_json::Value;
use url::Url;
use world::Fault;

use crate::served::Served;

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
            wrong.extend(path_mistake(at, path));
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

    fn locator(&self, at: &Location, locator: &Locator, wrong: &mut Vec<Diagnostic>) {
        if let Some(named) = &locator.named {
            match self.locators.get(named) {
                Some(mapped) => self.mapped(at, named, locator, mapped, wrong),
                None => wrong.push(
                    Diagnostic::at(at.clone(), format!("no locator is called `{named}`"))
                        .help(format!("map it in `rehearse.toml`, under `[locators.{named}]`")),
                ),
            }
        }
        if let Some(frame) = &locator.frame {
            self.frame(at, frame, wrong);
        }
        if let Some(within) = &locator.within {
            self.locator(at, within, wrong);
        }
    }

    /// The frames that a locator of the map names: only here is it known in which world.
    fn mapped(
        &self,
        at: &Location,
        named: &str,
        locator: &Locator,
        mapped: &Locator,
        wrong: &mut Vec<Diagnostic>,
    ) {
        // A frame beside the name takes the place of the mapped one.
        let own = mapped.frame.as_ref().filter(|_| locator.frame.is_none());
        let around = std::iter::successors(mapped.within.as_deref(), |outer| outer.within.as_deref());
        for frame in own
            .into_iter()
            .chain(around.filter_map(|outer| outer.frame.as_ref()))
        {
            if !self.is_frame(frame) {
                let known: Vec<_> = self.origins.keys().map(|name| format!("`{name}`")).collect();
                wrong.push(
                    Diagnostic::at(
                        at.clone(),
                        format!(
                            "the locator `{named}` is in the frame `{}`, and this world has no such origin",
                            frame.0
                        ),
                    )
                    .help(format!(
                        "mend `frame` in `rehearse.toml`, under `[locators.{named}]`: there are {}",
                        known.join(", ")
                    )),
                );
            }
        }
    }

    fn is_frame(&self, frame: &FrameName) -> bool {
        frame.0.contains('*') || self.is_origin(&frame.0)
    }

    fn frame(&self, at: &Location, frame: &FrameName, wrong: &mut Vec<Diagnostic>) {
        if !self.is_frame(frame) {
            self.origin(at, &frame.0, wrong);
        }
    }

    /// Who opens a popup: a name of the world, or an origin written out.
    fn popup(&self, at: &Location, name: &str, wrong: &mut Vec<Diagnostic>) {
        if name == "null" {
            wrong.push(
                Diagnostic::at(at.clone(), "no popup can be opened at the origin `null`")
                    .help("write `opaque` for a sandboxed page of the attacker, whose origin is `null`"),
            );
        } else {
            self.origin(at, name, wrong);
        }
    }

    /// What a browser takes as a message's target origin.
    fn target_origin(&self, at: &Location, target: &str, wrong: &mut Vec<Diagnostic>) {
        if ["*", "/"].contains(&target) {
            return;
        }
        let refused = if self.origins.get(target).map_or(target, String::as_str) == "null" {
            Some("an opaque origin cannot be named".to_owned())
        } else if target.contains("://") {
            Url::parse(target).err().map(|error| error.to_string())
        } else {
            self.origin(at, target, wrong);
            None
        };
        if let Some(reason) = refused {
            let mistake = format!("browsers take no message with the target origin `{target}`: {reason}");
            wrong.push(
                Diagnostic::at(at.clone(), mistake)
                    .help("name an origin, or write `*` for whoever stands in the window"),
            );
        }
    }

    /// Where a frame is sent: an origin by name, a path of the front end, or an address in full. Anything else would be
    /// taken for a path of the front end, and a hostile navigation would go nowhere hostile.
    fn destination(&self, at: &Location, to: &str, wrong: &mut Vec<Diagnostic>) {
        const WITHOUT_HOST: [&str; 4] = ["about:", "blob:", "data:", "javascript:"];
        let in_full = to.contains("://") || WITHOUT_HOST.iter().any(|scheme| to.starts_with(scheme));
        if to.starts_with('/') || in_full {
            self.url(at, to, wrong);
        } else if self.origins.get(to).is_some_and(|origin| origin == "null") {
            wrong.push(
                Diagnostic::at(at.clone(), format!("`{to}` has no address that a frame could go to"))
                    .help("`post-message` knows it as a sender; a frame goes to `attacker`, or to an address in full"),
            );
        } else if !self.origins.contains_key(to) {
            let known = self.origins.keys().map(String::as_str);
            wrong.push(
                Diagnostic::unknown(at.clone(), "origin", to, known).labelled(
                    "an origin by name, a path that begins with `/`, or an address with its scheme",
                ),
            );
        }
    }

    /// What a browser can go to or ask for; a path is of the world's front end.
    fn url(&self, at: &Location, url: &str, wrong: &mut Vec<Diagnostic>) {
        let front = self.origins.get(&self.spec.front_end).map_or("", String::as_str);
        if let Err(error) = Url::parse(front).and_then(|base| base.join(url)) {
            wrong.push(
                Diagnostic::at(at.clone(), format!("`{url}` is no URL: {error}"))
                    .help("write a path such as `/customers`, or scheme, host and path"),
            );
        }
    }

    /// A name of the world, or an origin written out.
    fn origin(&self, at: &Location, name: &str, wrong: &mut Vec<Diagnostic>) {
        if !self.is_origin(name) {
            let known = self.origins.keys().map(String::as_str);
            wrong.push(Diagnostic::unknown(at.clone(), "origin", name, known));
        }
    }

    fn is_origin(&self, name: &str) -> bool {
        name.contains("://") || name == "null" || self.origins.contains_key(name)
    }
}

/// Why no request could have such a path, though the expectation would hold: nothing matches it.
fn path_mistake(at: &Location, path: &str) -> Option<Diagnostic> {
    let (message, help) = if path.contains('?') {
        (
            format!("the path `{path}` has a `?`, and paths are compared without their query"),
            "parameters go into `query`: `path: /search, query: { term: x }`".to_owned(),
        )
    } else if !path.starts_with(['/', '*']) {
        (
            format!("no request has the path `{path}`: paths begin with `/`"),
            format!("write `/{path}`, or `**/{path}` for every path that ends so"),
        )
    } else {
        // As the verdict reads it.
        let read = GlobBuilder::new(path).literal_separator(true).build();
        (
            format!("the path `{path}` cannot be read: {}", read.err()?.kind()),
            "`*` stands for one segment, `**` for any, `{a,b}` for either, `[ab]` for one character; `[[]` is a bracket, \
             `[{]` a brace"
                .to_owned(),
        )
    };
    Some(Diagnostic::at(at.clone(), message).help(help))
}
