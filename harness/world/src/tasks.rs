//! The tasks of a world: all are ended together, at once, and waited for.

use std::future::Future;

use hyper::rt::Executor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Spawns tasks that end with the world. Clones spawn into the same world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    tracker: TaskTracker,
    over: CancellationToken,
}

impl Tasks {
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let over = self.over.clone();
        self.tracker.spawn(async move {
            over.run_until_cancelled_owned(task).await;
        });
    }

    /// Whether the world is being ended.
    pub(crate) fn are_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// A token that is cancelled with the world.
    pub(crate) fn child(&self) -> CancellationToken {
        self.over.child_token()
    }

    /// Ends all tasks, without waiting for them.
    pub(crate) fn stop(&self) {
        self.over.cancel();
    }

    /// Ends all tasks and waits until they are gone.
    pub(crate) async fn end(&self) {
        self.stop();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

impl<F> Executor<F> for Tasks
where
    F: Future + Send + 'static,
{
    fn execute(&self, task: F) {
        self.spawn(async move {
            task.await;
        });
    }
}
