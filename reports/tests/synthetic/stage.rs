//! A journal written by hand: the clock moves as it is told.

use std::collections::BTreeMap;

use journal::fact::{
    Frame, HttpVersion, MessageReceived, MessageSent, Navigation, NavigationStage, Phase, PhaseName, Request,
    Response, Screenshot, Step, StepOutcome, Telemetry, Timings,
};
use journal::{Body, Event, ExchangeId, Fact, Location, Moment, Sequence, Source};
use serde_json::{Value, json};

use super::BEGAN_MS;
use super::call::Call;

/// Writes events one after the other.
pub struct Stage {
    pub events: Vec<Event>,
    /// Microseconds since the run began.
    pub now_us: u64,
    pub ahead_ms: i64,
    pub file: String,
    exchanges: u64,
    step: usize,
    step_began: (u64, Sequence),
    nth: u64,
}

impl Stage {
    pub fn new(file: &str) -> Self {
        Self {
            events: Vec::new(),
            now_us: 0,
            ahead_ms: 0,
            file: file.to_owned(),
            exchanges: 0,
            step: 0,
            step_began: (0, 0),
            nth: 0,
        }
    }

    pub fn wait(&mut self, us: u64) {
        self.now_us += us;
    }

    pub fn record(&mut self, source: Source, exchange: Option<u64>, fact: Fact) -> Sequence {
        let wall_us = BEGAN_MS * 1000 + self.now_us;
        let seq = self.events.len() as Sequence + 1;
        self.events.push(Event {
            seq,
            at: Moment {
                wall_us,
                virtual_ms: i64::try_from(wall_us / 1000).expect("time") + self.ahead_ms,
            },
            source,
            exchange: exchange.map(ExchangeId),
            sightings: Vec::new(),
            fact,
        });
        self.now_us += 240;
        seq
    }

    pub fn page_ms(&self) -> f64 {
        (BEGAN_MS * 1000 + self.now_us) as f64 / 1000.0
    }

    /// Begins a step.
    pub fn begin(&mut self) {
        self.step_began = (self.now_us, self.events.len() as Sequence);
    }

    /// Ends a step with a screenshot.
    pub fn end(&mut self, title: &str, outcome: StepOutcome) -> Sequence {
        let (began_us, began_after) = self.step_began;
        let index = self.step;
        self.step += 1;
        let shot = Screenshot {
            file: format!("step-{index:03}.png"),
            step: index,
        };
        self.record(Source::Runner, None, Fact::Screenshot(shot));
        let step = Step {
            index,
            title: title.to_owned(),
            location: Some(Location {
                file: self.file.clone(),
                line: 9 + index as u64 * 2,
                column: 5,
            }),
            outcome,
            decided_at: None,
            began_after,
            duration_us: self.now_us - began_us,
        };
        self.record(Source::Runner, None, Fact::Step(step))
    }

    pub fn phase(&mut self, name: PhaseName, duration_us: u64) {
        self.record(Source::Runner, None, Fact::Phase(Phase { name, duration_us }));
    }

    /// A request and its response; returns the exchange and both sequences.
    pub fn exchange(&mut self, call: &Call<'_>) -> (u64, Sequence, Sequence) {
        self.exchanges += 1;
        let exchange = self.exchanges;
        let mut headers = vec![
            pair("host", host(call.url)),
            pair("accept", "*/*"),
            pair("accept-language", "id-ID,id;q=0.9,en;q=0.8"),
            pair("accept-encoding", "gzip, deflate, br, zstd"),
            pair(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            ),
            pair("sec-fetch-site", "same-site"),
            pair(
                "sec-fetch-mode",
                if call.dest == "document" {
                    "navigate"
                } else {
                    "cors"
                },
            ),
            pair("sec-fetch-dest", call.dest),
        ];
        if let Some(page) = call.page {
            headers.push(pair("referer", &format!("{page}/")));
            if call.dest == "empty" {
                headers.push(pair("origin", page));
            }
        }
        headers.extend(call.headers.iter().map(|(name, value)| pair(name, value)));
        let began = self.record(
            Source::Gateway,
            Some(exchange),
            Fact::Request(Request {
                exchange: ExchangeId(exchange),
                connection: exchange % 6 + 1,
                version: HttpVersion::Http2,
                method: call.method.to_owned(),
                url: call.url.to_owned(),
                headers,
                body: body("application/json", call.body),
                caller: None,
            }),
        );
        self.wait(call.took_us);
        let mut headers = vec![
            pair("content-type", call.media),
            pair("cache-control", "no-store"),
            pair("date", "Tue, 03 Nov 2026 08:30:00 GMT"),
            pair("strict-transport-security", "max-age=31536000"),
            pair("x-content-type-options", "nosniff"),
            pair(
                "content-security-policy",
                "default-src 'self'; frame-src https://crm.qontak.com",
            ),
        ];
        headers.extend(call.answer_headers.iter().map(|(name, value)| pair(name, value)));
        let ended = self.record(
            Source::Gateway,
            Some(exchange),
            Fact::Response(Response {
                exchange: ExchangeId(exchange),
                status: call.status,
                headers,
                body: body(call.media, call.answer),
                timings: Timings {
                    receive_us: 130,
                    wait_us: call.took_us,
                    send_us: 210,
                },
            }),
        );
        (exchange, began, ended)
    }

    pub fn navigated(&mut self, context: &str, top_level: bool, url: &str, stages: &[NavigationStage]) {
        for &stage in stages {
            let navigation = Navigation {
                context: context.to_owned(),
                top_level,
                url: url.to_owned(),
                stage,
            };
            self.record(Source::Browser, None, Fact::Navigation(navigation));
        }
    }

    /// A message that is sent and, unless dropped, received.
    pub fn message(
        &mut self,
        from: &Frame,
        to: &Frame,
        target: &str,
        data: &Value,
        staged: bool,
    ) -> Vec<Sequence> {
        self.nth += 1;
        let sent = self.record(
            Source::Page,
            None,
            Fact::MessageSent(MessageSent {
                from: from.clone(),
                target_origin: target.to_owned(),
                via: "parent".to_owned(),
                data: data.clone(),
                page_ms: self.page_ms(),
                nth: self.nth,
                staged,
            }),
        );
        if target != "*" && target != to.origin {
            return vec![sent];
        }
        self.wait(700);
        let received = self.record(
            Source::Page,
            None,
            Fact::MessageReceived(MessageReceived {
                at: to.clone(),
                origin: from.origin.clone(),
                data: data.clone(),
                page_ms: self.page_ms(),
                trusted: true,
            }),
        );
        vec![sent, received]
    }

    /// A telemetry request with its events.
    pub fn telemetry(&mut self, page: &str, sink: &str, events: &[(&str, &str, Value)]) -> Vec<Sequence> {
        let url = match sink {
            "mixpanel" => "https://api-js.mixpanel.com/track/?verbose=1&ip=1&_=1793694601200",
            _ => {
                "https://browser-intake-datadoghq.com/api/v2/rum?ddsource=browser&dd-api-key=pub4f1c&batch_time=1793694601300"
            }
        };
        let sent = json!(events.iter().map(|(event, name, properties)| json!({"event": event, "name": name, "properties": properties})).collect::<Vec<_>>()).to_string();
        let (exchange, began, _) = self.exchange(&Call {
            method: "POST",
            body: &sent,
            status: if sink == "mixpanel" { 200 } else { 202 },
            answer: "{\"status\":1}",
            ..Call::get(url, page)
        });
        let mut seqs = vec![began];
        for (event, name, properties) in events {
            let identity = format!("{sink}-{}", self.events.len());
            seqs.push(self.record(
                Source::Mock(sink.to_owned()),
                Some(exchange),
                Fact::Telemetry(Telemetry {
                    sink: sink.to_owned(),
                    event: (*event).to_owned(),
                    name: (*name).to_owned(),
                    properties: properties.clone(),
                    identity,
                    transport: "text/plain, beacon".to_owned(),
                }),
            ));
        }
        seqs
    }
}

pub fn frame(context: &str, tab: &str, url: &str) -> Frame {
    Frame {
        context: context.to_owned(),
        tab: tab.to_owned(),
        origin: origin(url).to_owned(),
        url: url.to_owned(),
    }
}

pub fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

pub fn body(media: &str, text: &str) -> Body {
    if text.is_empty() {
        return Body::default();
    }
    Body {
        size: text.len() as u64,
        media_type: Some(media.to_owned()),
        text: Some(text.to_owned()),
        ..Body::default()
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |at| &url[..host + at])
}

fn host(url: &str) -> &str {
    origin(url).split("://").nth(1).unwrap_or_default()
}
