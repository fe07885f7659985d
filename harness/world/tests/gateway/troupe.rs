//! A cast of the tests' own, and a world to play in.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::IntoResponse as _;
use axum::routing::{any, get, post};
use journal::{Clock, ExchangeId, Recorder};
use serde_json::Value;
use world::{Authority, Cast, Layout, OriginPlan, Plan, World};

use crate::client::Client;

pub(crate) const APP: &str = "https://customers.qontak.com";
pub(crate) const CRM: &str = "https://crm.qontak.com";

/// Mocks by name.
#[derive(Default)]
pub(crate) struct Troupe {
    pub(crate) routers: BTreeMap<String, Router>,
    pub(crate) overlays: BTreeMap<String, Router>,
}

impl Cast for Troupe {
    fn router(&self, mock: &str) -> Option<Router> {
        self.routers.get(mock).cloned()
    }

    fn overlay(&self, origin: &str) -> Option<Router> {
        self.overlays.get(origin).cloned()
    }

    fn is_private(&self, _: &str, path: &str) -> bool {
        path == "/stage.json"
    }

    fn direct(&self, mock: &str, direction: &Value) -> Result<(), String> {
        if self.routers.contains_key(mock) && direction.is_object() {
            Ok(())
        } else {
            Err(format!("`{mock}` takes no {direction}"))
        }
    }
}

/// One authority for all tests, as in a run.
pub(crate) fn authority() -> &'static Arc<Authority> {
    static AUTHORITY: OnceLock<Arc<Authority>> = OnceLock::new();
    AUTHORITY.get_or_init(|| Arc::new(Authority::generate().unwrap()))
}

/// What most tests are served.
pub(crate) fn mock() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route("/echo", post(|body: String| async move { body }))
        .route("/exchange", get(exchange))
        .route("/headers", any(headers))
        .route("/big", get(|| async { vec![b'x'; 3_000_000] }))
        .route("/panic", get(panics))
        .route("/events", get(events))
        .route(
            "/cors",
            post(|| async {
                (
                    [
                        ("access-control-allow-origin", APP),
                        ("access-control-allow-credentials", "true"),
                    ],
                    "ok",
                )
            })
            .options(|| async {
                [
                    ("access-control-allow-origin", APP),
                    ("access-control-allow-credentials", "true"),
                ]
            }),
        )
        .route("/stage.json", get(stage_directions))
        .route("/socket", any(socket))
}

async fn exchange(request: axum::extract::Request) -> String {
    let id = request.extensions().get::<ExchangeId>();
    id.map_or_else(|| "none".to_owned(), |id| id.0.to_string())
}

async fn headers(request: axum::extract::Request) -> String {
    let mut lines: Vec<String> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    format!("{} {}\n{}", request.method(), request.uri(), lines.join("\n"))
}

async fn stage_directions(request: axum::extract::Request) -> &'static str {
    if request.uri().query().is_some() {
        std::future::pending::<()>().await;
    }
    "{}"
}

async fn panics() -> String {
    panic!("a mock fell over")
}

async fn events() -> axum::response::Response {
    let events = futures_util::stream::unfold(0u8, |count| async move {
        match count {
            0 => Some((Ok::<_, std::io::Error>("data: one\n\n"), 1)),
            _ => std::future::pending().await,
        }
    });
    (
        [("content-type", "text/event-stream")],
        axum::body::Body::from_stream(events),
    )
        .into_response()
}

async fn socket(upgrade: WebSocketUpgrade) -> axum::response::Response {
    upgrade.protocols(["chat"]).on_upgrade(|mut socket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            match message {
                Message::Text(text) if text == "bye" => break,
                Message::Text(text) => {
                    let _ = socket.send(Message::text(format!("echo {text}"))).await;
                }
                Message::Binary(bytes) => {
                    let _ = socket.send(Message::Binary(bytes)).await;
                }
                _ => {}
            }
        }
    })
}

/// A world that is not booted yet.
pub(crate) struct Stage {
    pub(crate) plan: Plan,
    pub(crate) troupe: Troupe,
}

/// A world with `app` and `crm`, both served by [`mock`].
pub(crate) fn stage() -> Stage {
    let mut layout = Layout {
        name: "test".to_owned(),
        ..Layout::default()
    };
    for (name, origin) in [("app", APP), ("crm", CRM)] {
        layout.origins.insert(
            name.to_owned(),
            OriginPlan::new(origin, "mock:mock".parse().unwrap()),
        );
    }
    let crm = layout.origins.get_mut("crm").unwrap();
    crm.also = vec![
        "http://crm.qontak.com".to_owned(),
        "https://crm.qontak.com:8443".to_owned(),
    ];
    let mut troupe = Troupe::default();
    troupe.routers.insert("mock".to_owned(), mock());
    Stage {
        plan: Plan::of(layout, Recorder::in_memory(Clock::new(), 7)),
        troupe,
    }
}

impl Stage {
    /// Serves the app by another target.
    pub(crate) fn app(mut self, target: &str) -> Self {
        self.plan.layout.origins.get_mut("app").unwrap().target = target.parse().unwrap();
        self
    }

    pub(crate) async fn boot(self) -> (World, Client, Recorder) {
        let recorder = self.plan.recorder.clone();
        let world = World::boot_with(self.plan, authority(), Arc::new(self.troupe))
            .await
            .unwrap();
        let client = Client::of(&world, authority());
        (world, client, recorder)
    }

    /// Boots what should not boot, and gives what is said.
    pub(crate) async fn boot_error(self) -> String {
        World::boot_with(self.plan, authority(), Arc::new(self.troupe))
            .await
            .unwrap_err()
            .to_string()
    }
}
