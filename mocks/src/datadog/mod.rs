//! The Datadog RUM intake: what `@datadog/browser-rum` sends to `/api/v2/rum`.

mod decode;
mod event;

use std::sync::Arc;

use axum::Router;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Error;
use crate::desk::{Call, Contract, Cors, Endpoint, Mock, Reply, router};
use crate::direction::Undirected;
use crate::ensemble::{Backstage, Player};
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

impl Player for Datadog {
    type Direction = Undirected;
    const NEEDS: &'static [&'static str] = &[];

    fn enter(backstage: &Backstage) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(Self {
            scene: Arc::clone(&backstage.scene),
            seen: Seen::default(),
        }))
    }

    fn routes(this: &Arc<Self>) -> Result<Router, Error> {
        Ok(router(this, &Contract::of(Self::NAME)?, Self::ENDPOINTS))
    }

    /// It only ever does one thing.
    fn follow(&self, _direction: Undirected) {}

    fn summary(&self) -> Value {
        json!({"events": self.seen.count()})
    }
}
