//! The Datadog RUM intake: what `@datadog/browser-rum` sends to `/api/v2/rum`.

mod decode;
mod event;

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::desk::{Call, Cors, Endpoint, Mock, Reply};
use crate::scene::Scene;
use crate::telemetry::{Seen, transport};

/// The mock of the RUM intake.
pub(crate) struct Datadog {
    scene: Arc<Scene>,
    seen: Seen,
}

impl Datadog {
    pub(crate) const ENDPOINTS: &'static [Endpoint<Self>] = &[Endpoint {
        method: Method::POST,
        path: "/api/v2/rum",
        answer: Self::rum,
    }];

    pub(crate) fn new(scene: &Arc<Scene>) -> Self {
        Self {
            scene: Arc::clone(scene),
            seen: Seen::default(),
        }
    }

    /// What is going on, for people.
    pub(crate) fn summary(&self) -> Value {
        json!({"events": self.seen.count()})
    }

    /// `POST /api/v2/rum`: a batch of events. A batch that cannot be read breaks the contract, and is told so
    /// before this is reached.
    fn rum(&self, call: &Call) -> Reply {
        let Ok(events) = decode::events(call) else {
            return Reply::json(
                StatusCode::BAD_REQUEST,
                &json!({"errors": [{"status": "400", "title": "Bad Request"}]}),
            );
        };
        let transport = transport(call, &[call.query("dd-evp-encoding"), call.query("_dd.api")]);
        for event in events.as_array().into_iter().flatten() {
            self.seen
                .arrived(&self.scene, call, event::fact(event, &transport));
        }
        let request = call.query("dd-request-id").unwrap_or_default();
        Reply::json(StatusCode::ACCEPTED, &json!({"request_id": request}))
    }
}

impl Mock for Datadog {
    const NAME: &'static str = "datadog";

    fn scene(&self) -> &Scene {
        &self.scene
    }

    fn cors(&self, _call: &Call) -> Option<Cors> {
        Some(Cors {
            origins: vec!["*".to_owned()],
            methods: vec!["POST"],
            headers: vec!["content-type"],
            credentials: false,
        })
    }

    /// The lines of the batch as an array.
    fn body(&self, call: &Call) -> Result<Value, String> {
        decode::events(call)
    }
}
