//! Logout tokens on their way (OpenID Connect Back-Channel Logout 1.0, §2.5).
//!
//! A mock opens no socket. In a world its courier takes them; without one they wait here, and whoever runs the
//! mock takes them, posts them, and says what came back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, Request, header};
use journal::ExchangeId;
use serde_json::json;
use tokio::sync::Notify;

use super::Sso;
use crate::desk::Mock as _;
use crate::errand::{Errand, Outcome};
use crate::scene::Scene;

/// A logout token for one relying party: to be posted as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutCall {
    /// The client that is told.
    pub client: String,
    /// Where to post it.
    pub url: String,
    /// The body, `application/x-www-form-urlencoded` (§2.5).
    pub body: String,
}

/// The providers' way out of a world: logout tokens in the order they were made. Clones are the same way.
#[derive(Clone)]
pub struct BackChannel(Arc<Waiting>);

struct Waiting {
    scene: Arc<Scene>,
    calls: Mutex<VecDeque<LogoutCall>>,
    came: Notify,
}

impl std::fmt::Debug for BackChannel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Logout tokens stay out of logs.
        write!(formatter, "BackChannel({} waiting)", self.calls().len())
    }
}

impl BackChannel {
    pub(super) fn new(scene: &Arc<Scene>) -> Self {
        Self(Arc::new(Waiting {
            scene: Arc::clone(scene),
            calls: Mutex::default(),
            came: Notify::new(),
        }))
    }

    /// Everything that waits, which then waits no longer.
    #[must_use]
    pub fn take(&self) -> Vec<LogoutCall> {
        self.calls().drain(..).collect()
    }

    /// The next call, as soon as there is one. For one task; it never ends by itself.
    pub async fn next(&self) -> LogoutCall {
        loop {
            let came = self.0.came.notified();
            if let Some(call) = self.calls().pop_front() {
                return call;
            }
            came.await;
        }
    }

    /// Tells the journal what a relying party answered: a status, of which 200 and 204 mean that it signed
    /// the user out (§2.8), or nothing where it could not be reached.
    pub fn answered(&self, call: &LogoutCall, exchange: Option<ExchangeId>, status: Option<u16>) {
        let name = match status {
            Some(200 | 204) => "back-channel-logout-taken",
            _ => "back-channel-logout-refused",
        };
        let data = json!({"client": call.client, "status": status});
        self.0.scene.tell(Sso::NAME, exchange, name, data);
    }

    /// Sends a logout token from a provider's origin on its way.
    pub(super) fn push(&self, from: &str, call: LogoutCall) {
        let request = Request::builder()
            .method(Method::POST)
            .uri(&call.url)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(call.body.clone()));
        let Ok(request) = request else {
            self.failed(&call, None, "its address cannot be used");
            return;
        };
        let (channel, told) = (self.clone(), call.clone());
        let errand = Errand {
            from: from.to_owned(),
            request,
            done: Box::new(move |outcome: Outcome| match &outcome.answer {
                Ok(answer) => channel.answered(&told, outcome.exchange, Some(answer.status().as_u16())),
                Err(reason) => channel.failed(&told, outcome.exchange, reason),
            }),
        };
        if !self.0.scene.send(errand) {
            self.calls().push_back(call);
            self.0.came.notify_one();
        }
    }

    /// Tells the journal that a relying party gave no answer, and why.
    fn failed(&self, call: &LogoutCall, exchange: Option<ExchangeId>, reason: &str) {
        let data = json!({"client": call.client, "status": null, "reason": reason});
        let name = "back-channel-logout-refused";
        self.0.scene.tell(Sso::NAME, exchange, name, data);
    }

    fn calls(&self) -> MutexGuard<'_, VecDeque<LogoutCall>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
