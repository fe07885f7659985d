//! The Mixpanel intake: what `mixpanel-browser` sends to `/track/`.

mod decode;
mod names;

use std::sync::Arc;

use axum::Router;
use http::{Method, StatusCode};
use journal::Fact;
use journal::fact::{ContractViolation, Telemetry};
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Call, Contract, Cors, Endpoint, Mock, Reply, router, violations};
use crate::direction::Undirected;
use crate::ensemble::{Backstage, Player};
use crate::scene::Scene;
use crate::telemetry::{Seen, text, transport};

/// The mock of the Mixpanel intake.
pub(crate) struct Mixpanel {
    scene: Arc<Scene>,
    contract: Arc<Contract>,
    seen: Seen,
}

impl Mixpanel {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[Endpoint {
        method: Method::POST,
        path: "/track/",
        answer: Self::track,
    }];

    /// `POST /track/`: a batch of events.
    fn track(&self, call: &Call) -> Reply {
        match decode::events(call) {
            Ok((events, format)) => {
                self.hold_to_contract(call, &events);
                let beacon = (call.media_type() == "text/plain").then_some("beacon");
                let transport = transport(call, &[Some(format), beacon]);
                for event in events.as_array().into_iter().flatten() {
                    self.seen.arrived(&self.scene, call, fact(event, &transport));
                }
                accepted(call)
            }
            Err(reason) => {
                self.violated(call, vec![reason.clone()]);
                // As the original: 400 in verbose form, which the SDK reads as "do not retry".
                Reply::json(StatusCode::BAD_REQUEST, &json!({"status": 0, "error": reason}))
            }
        }
    }

    /// The events inside the form have a schema of their own.
    fn hold_to_contract(&self, call: &Call, events: &Value) {
        let Some(schema) = self.contract.inner("/track/", "/properties/data/contentSchema") else {
            return;
        };
        let errors = violations(schema, events, "events");
        if !errors.is_empty() {
            self.violated(call, errors);
        }
    }

    fn violated(&self, call: &Call, errors: Vec<String>) {
        self.scene.record(
            Self::NAME,
            call.exchange,
            Fact::ContractViolation(ContractViolation {
                mock: Self::NAME.to_owned(),
                operation: "POST /track/".to_owned(),
                errors,
            }),
        );
    }
}

/// `1`, or a document where the SDK asked for one (`verbose=1`).
fn accepted(call: &Call) -> Reply {
    let verbose = call.query("verbose") == Some("1");
    if verbose {
        Reply::json(StatusCode::OK, &json!({"status": 1, "error": null}))
    } else {
        Reply::of(StatusCode::OK, "application/json", "1")
    }
}

fn fact(event: &Value, transport: &str) -> Telemetry {
    let name = text(event, "/event");
    Telemetry {
        sink: Mixpanel::NAME.to_owned(),
        event: names::snake_case(name).to_owned(),
        name: name.to_owned(),
        properties: event["properties"].clone(),
        identity: text(event, "/properties/$insert_id").to_owned(),
        transport: transport.to_owned(),
    }
}

impl Mock for Mixpanel {
    const NAME: &'static str = "mixpanel";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The SDK sends credentials, so the origin is named, whichever it is.
    fn cors(&self, _call: &Call) -> Option<Cors> {
        Some(Cors {
            origins: vec!["*".to_owned()],
            methods: vec!["GET", "POST"],
            headers: vec!["content-type"],
            credentials: true,
        })
    }

    /// A form, also where a beacon says it is plain text.
    fn body(&self, call: &Call) -> Result<Value, String> {
        decode::form(call)
    }
}

impl Player for Mixpanel {
    type Direction = Undirected;
    const NEEDS: &'static [&'static str] = &[];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            scene: Arc::clone(&backstage.scene),
            contract: Contract::of(Self::NAME)?,
            seen: Seen::default(),
        }))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        Ok(router(this, &this.contract, Self::ENDPOINTS))
    }

    /// It only ever does one thing.
    fn follow(&self, _direction: Undirected) {}

    fn summary(&self) -> Value {
        json!({"events": self.seen.count()})
    }
}
