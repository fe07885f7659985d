//! Points at which a mock's page can be held until a direction lets it go on, and how the page learns of them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Query;
use axum::routing::{MethodRouter, get};
use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;

use crate::desk::Reply;

/// How long a page is kept waiting for a release before it is told to ask again.
const PATIENCE: Duration = Duration::from_secs(120);

/// What was released so far. A hold that was released once stays open.
pub(crate) struct Released<H>(watch::Sender<BTreeSet<H>>);

impl<H> Default for Released<H> {
    fn default() -> Self {
        Self(watch::Sender::new(BTreeSet::new()))
    }
}

impl<H: Ord + Clone> Released<H> {
    pub(crate) fn release(&self, holds: &[H]) {
        self.0
            .send_modify(|released| released.extend(holds.iter().cloned()));
    }

    pub(crate) fn names(&self) -> Vec<H> {
        self.0.borrow().iter().cloned().collect()
    }

    /// Waits for a release. False when patience ran out first.
    pub(crate) async fn wait(&self, hold: &H) -> bool {
        let mut released = self.0.subscribe();
        let waiting = released.wait_for(|released| released.contains(hold));
        tokio::time::timeout(PATIENCE, waiting).await.is_ok()
    }
}

#[derive(Deserialize)]
struct Wanted<H> {
    wait: Option<H>,
}

/// How a page of a mock is to behave, by a handler that waits: with `?wait=NAME` until `NAME` was released.
pub(crate) fn stage_endpoint<M, H>(
    mock: &Arc<M>,
    released: fn(&M) -> &Released<H>,
    for_page: fn(&M) -> Value,
) -> MethodRouter
where
    M: Send + Sync + 'static,
    H: Ord + Clone + DeserializeOwned + Send + Sync + 'static,
{
    let mock = Arc::clone(mock);
    get(move |Query(wanted): Query<Wanted<H>>| {
        let mock = Arc::clone(&mock);
        async move {
            if let Some(hold) = wanted.wait
                && !released(&mock).wait(&hold).await
            {
                return Reply::error(StatusCode::REQUEST_TIMEOUT, "not_released", "ask again");
            }
            Reply::json(StatusCode::OK, &for_page(&mock))
        }
    })
}
