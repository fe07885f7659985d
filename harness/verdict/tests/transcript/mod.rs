//! Small journals, written line by line, and what judges them.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use journal::fact::{
    Console, CspViolation, DomainFact, Frame, Handed, HttpVersion, LoadFailed, Mark, MessageReceived,
    MessageSent, MixedContent, Motion, Navigation, NavigationStage, Observation, PageError, Refusal, Refused,
    Request, Response, Step, StepOutcome, Telemetry, Timings,
};
use journal::{Body, Canary, Clock, Event, ExchangeId, Fact, Recorder, Sequence, Source};
use scenarios::model::Expectation;
use serde_json::{Value, json};
use verdict::{AllowedPlace, Context, Outcome};

pub(crate) const APP: &str = "https://app.example";
pub(crate) const CRM: &str = "https://crm.example";
pub(crate) const EVIL: &str = "https://evil.example";

/// Personal data that is watched for.
pub(crate) const EMAIL: &str = "ayu@customer.example";
/// A secret that is watched for.
pub(crate) const TOKEN: &str = "eyJhbGciOi.secret-token";

/// A journal in the making.
pub(crate) struct Transcript {
    pub(crate) recorder: Recorder,
    exchanges: u64,
    caller: Option<String>,
    page_ms: f64,
}

impl Transcript {
    pub(crate) fn new() -> Self {
        let recorder = Recorder::in_memory(Clock::new(), 7);
        recorder.watch_for(Canary::new("contact_email", EMAIL));
        recorder.watch_for(Canary::new("access_token", TOKEN));
        Self {
            recorder,
            exchanges: 0,
            caller: None,
            page_ms: 1000.0,
        }
    }

    pub(crate) fn events(&self) -> Vec<Arc<Event>> {
        self.recorder.after(0)
    }

    pub(crate) fn fact(&self, source: Source, fact: Fact) -> Sequence {
        self.recorder.record(source, None, fact)
    }

    /// The next request is the errand of an origin's server.
    pub(crate) fn by_server_of(&mut self, origin: &str) -> &mut Self {
        self.caller = Some(origin.to_owned());
        self
    }

    /// A request without body, answered.
    pub(crate) fn exchange(&mut self, method: &str, url: &str, status: u16) -> Sequence {
        self.full_exchange(method, url, &[], "", status, &[], "")
    }

    #[allow(clippy::too_many_arguments, reason = "a request has many parts")]
    pub(crate) fn full_exchange(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
        status: u16,
        response_headers: &[(&str, &str)],
        response_body: &str,
    ) -> Sequence {
        let seq = self.request(method, url, headers, body);
        let exchange = ExchangeId(self.exchanges);
        self.fact(
            Source::Gateway,
            Fact::Response(Response {
                exchange,
                status,
                headers: fields(response_headers),
                body: Body::from_wire(response_body.as_bytes(), Some("application/json"), None),
                timings: Timings::default(),
            }),
        );
        seq
    }

    pub(crate) fn request(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Sequence {
        self.exchanges += 1;
        let media = headers
            .iter()
            .find(|(name, _)| *name == "content-type")
            .map(|(_, value)| *value);
        let request = Request {
            exchange: ExchangeId(self.exchanges),
            connection: 1,
            version: HttpVersion::Http2,
            method: method.to_owned(),
            url: url.to_owned(),
            headers: fields(headers),
            body: Body::from_wire(body.as_bytes(), media, None),
            caller: self.caller.take(),
        };
        self.recorder.record(
            Source::Gateway,
            Some(ExchangeId(self.exchanges)),
            Fact::Request(request),
        )
    }

    /// A message that is sent, and received where it is said so.
    pub(crate) fn message(&mut self, from: &str, to: &str, target: &str, data: &Value, received: bool) {
        self.sent(from, target, data, false);
        if received {
            self.received(from, to, data);
        }
    }

    pub(crate) fn sent(&mut self, from: &str, target: &str, data: &Value, staged: bool) -> Sequence {
        self.page_ms += 10.0;
        self.fact(
            Source::Page,
            Fact::MessageSent(MessageSent {
                from: frame(from),
                target_origin: target.to_owned(),
                via: "frame".to_owned(),
                data: data.clone(),
                page_ms: self.page_ms,
                nth: 1,
                staged,
            }),
        )
    }

    pub(crate) fn received(&mut self, from: &str, at: &str, data: &Value) -> Sequence {
        self.page_ms += 1.0;
        self.fact(
            Source::Page,
            Fact::MessageReceived(MessageReceived {
                at: frame(at),
                origin: from.to_owned(),
                data: data.clone(),
                page_ms: self.page_ms,
                trusted: true,
            }),
        )
    }

    pub(crate) fn telemetry(
        &self,
        sink: &str,
        event: &str,
        name: &str,
        identity: &str,
        properties: Value,
    ) -> Sequence {
        self.fact(
            Source::Mock(sink.to_owned()),
            Fact::Telemetry(Telemetry {
                sink: sink.to_owned(),
                event: event.to_owned(),
                name: name.to_owned(),
                properties,
                identity: identity.to_owned(),
                transport: "beacon".to_owned(),
            }),
        )
    }

    pub(crate) fn handed(&self, sink: &str, event: &str) -> Sequence {
        self.fact(
            Source::Page,
            Fact::Handed(Handed {
                frame: frame(APP),
                sink: sink.to_owned(),
                event: event.to_owned(),
                properties: json!({}),
            }),
        )
    }

    pub(crate) fn domain(&self, mock: &str, name: &str, data: Value) -> Sequence {
        self.fact(
            Source::Mock(mock.to_owned()),
            Fact::Domain(DomainFact {
                mock: mock.to_owned(),
                name: name.to_owned(),
                data,
            }),
        )
    }

    pub(crate) fn mark(&self, name: &str) -> Sequence {
        self.fact(
            Source::Runner,
            Fact::Mark(Mark {
                name: name.to_owned(),
            }),
        )
    }

    pub(crate) fn console(&self, level: &str, text: &str) -> Sequence {
        self.fact(
            Source::Browser,
            Fact::Console(Console {
                frame: Some(frame(APP)),
                level: level.to_owned(),
                text: text.to_owned(),
            }),
        )
    }

    pub(crate) fn page_error(&self, text: &str, rejection: bool) -> Sequence {
        self.fact(
            Source::Browser,
            Fact::PageError(PageError {
                frame: Some(frame(APP)),
                rejection,
                text: text.to_owned(),
                script: Some("https://app.example/a.js:3:7".to_owned()),
            }),
        )
    }

    pub(crate) fn csp(&self, directive: &str, blocked: &str, disposition: &str) -> Sequence {
        self.fact(
            Source::Page,
            Fact::CspViolation(CspViolation {
                frame: Some(frame(APP)),
                directive: directive.to_owned(),
                blocked: blocked.to_owned(),
                disposition: disposition.to_owned(),
            }),
        )
    }

    pub(crate) fn mixed_content(&self, origin: &str, url: &str) -> Sequence {
        self.fact(
            Source::Browser,
            Fact::MixedContent(MixedContent {
                frame: frame(origin),
                url: url.to_owned(),
            }),
        )
    }

    pub(crate) fn load_failed(&self, origin: &str, url: &str) -> Sequence {
        self.fact(
            Source::Page,
            Fact::LoadFailed(LoadFailed {
                frame: frame(origin),
                url: url.to_owned(),
            }),
        )
    }

    pub(crate) fn motion(&self, element: &str, name: &str) -> Sequence {
        self.fact(
            Source::Page,
            Fact::Motion(Motion {
                frame: frame(APP),
                element: element.to_owned(),
                name: name.to_owned(),
            }),
        )
    }

    pub(crate) fn frame_failed(&self, url: &str) -> Sequence {
        self.fact(
            Source::Browser,
            Fact::Navigation(Navigation {
                context: "frame".to_owned(),
                top_level: false,
                url: url.to_owned(),
                stage: NavigationStage::Failed,
            }),
        )
    }

    pub(crate) fn refused(&self, authority: &str, reason: Refusal, asked_by: Option<&str>) -> Sequence {
        self.fact(
            Source::Gateway,
            Fact::Refused(Refused {
                authority: authority.to_owned(),
                reason,
                asked_by: asked_by.map(str::to_owned),
            }),
        )
    }

    pub(crate) fn observed(&self, path: &str, seen: Value) -> Sequence {
        self.fact(
            Source::Runner,
            Fact::Observation(Observation {
                expectation: path.to_owned(),
                seen,
            }),
        )
    }

    pub(crate) fn step(&self, index: usize, outcome: StepOutcome) -> Sequence {
        self.ended_step(index, outcome, None)
    }

    /// A step that expects something, and what it was decided on.
    pub(crate) fn decided_step(&self, index: usize, at: Sequence) -> Sequence {
        self.ended_step(index, StepOutcome::Done, Some(at))
    }

    fn ended_step(&self, index: usize, outcome: StepOutcome, decided_at: Option<Sequence>) -> Sequence {
        self.fact(
            Source::Runner,
            Fact::Step(Step {
                index,
                title: format!("step {index}"),
                location: None,
                outcome,
                began_after: 0,
                decided_at,
                duration_us: 1,
            }),
        )
    }

    /// What an expectation comes to over the whole journal.
    pub(crate) fn check(&self, expectation: Value) -> Outcome {
        verdict::check(
            &expected(expectation),
            &self.events(),
            &self.context(&json!([]), false),
        )
    }

    pub(crate) fn holds(&self, expectation: Value) -> bool {
        self.check(expectation).holds
    }

    pub(crate) fn context(&self, allowed: &Value, pristine: bool) -> Context {
        let origins = [("app", APP), ("crm", CRM), ("attacker", EVIL), ("opaque", "null")];
        let origins: BTreeMap<String, String> = origins
            .map(|(name, origin)| (name.to_owned(), origin.to_owned()))
            .into();
        let allowed: Vec<AllowedPlace> = serde_json::from_value(allowed.clone()).expect("allowed places");
        Context::new(origins, contracts(), allowed, self.recorder.clone(), pristine)
            .expect("the contracts are schemas")
    }
}

fn contracts() -> BTreeMap<String, Value> {
    let typed = |kind: &str| {
        json!({
            "type": "object",
            "required": ["version", "type"],
            "properties": { "version": { "const": 1 }, "type": { "const": kind } }
        })
    };
    BTreeMap::from([
        ("READY".to_owned(), typed("READY")),
        ("CLOSE".to_owned(), typed("CLOSE")),
        (
            "INIT".to_owned(),
            json!({ "type": "object", "required": ["customer"], "properties": { "customer": { "type": "string" } } }),
        ),
    ])
}

/// An expectation as a scenario states it.
pub(crate) fn expected(expectation: Value) -> Expectation {
    serde_json::from_value(expectation).expect("an expectation of the language")
}

pub(crate) fn frame(origin: &str) -> Frame {
    Frame {
        context: format!("frame of {origin}"),
        tab: "tab".to_owned(),
        origin: origin.to_owned(),
        url: format!("{origin}/page"),
    }
}

fn fields(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
