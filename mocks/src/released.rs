//! Points at which a mock's page can be held until a direction lets it go on.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;

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
