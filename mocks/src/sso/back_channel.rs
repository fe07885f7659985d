//! Logout tokens on their way (OpenID Connect Back-Channel Logout 1.0, §2.5).
//!
//! A mock opens no socket. What it would post to relying parties waits here; whoever runs the world takes it,
//! posts it, and says what came back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::ExchangeId;
use serde_json::json;
use tokio::sync::Notify;

use super::Sso;
use crate::desk::Mock as _;
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

    pub(super) fn push(&self, call: LogoutCall) {
        self.calls().push_back(call);
        self.0.came.notify_one();
    }

    fn calls(&self) -> MutexGuard<'_, VecDeque<LogoutCall>> {
        self.0.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
