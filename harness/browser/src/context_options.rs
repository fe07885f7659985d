//! What a scenario's share of a browser is opened with.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use journal::Recorder;
use serde_json::Value;

use crate::bidi::value::string;

/// What a user context is opened with.
#[derive(Debug, Clone)]
pub struct ContextOptions {
    /// The gateway of this scenario's world.
    pub proxy: SocketAddr,
    /// The journal of this scenario.
    pub recorder: Recorder,
    /// How long an action waits for its element by itself while nothing happens; see [`Patience`](crate::Patience).
    pub patience: Duration,
    /// What gets no answer, so that nobody waits for it.
    pub held: Held,
}

/// Tells which requests the world keeps without an answer: their URLs, as of now.
#[derive(Clone)]
pub struct Held(Arc<dyn Fn() -> Vec<String> + Send + Sync>);

impl Held {
    /// By a function.
    #[must_use]
    pub fn new(urls: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(urls))
    }

    /// Whether there are none now.
    pub(crate) fn is_empty(&self) -> bool {
        (self.0)().is_empty()
    }

    /// Their URLs, as page code takes them.
    pub(crate) fn to_json(&self) -> Value {
        string(&Value::from((self.0)()).to_string())
    }
}

impl Default for Held {
    fn default() -> Self {
        Self::new(Vec::new)
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Held").field(&(self.0)()).finish()
    }
}

impl ContextOptions {
    /// With the default patience of five seconds, in a world that holds nothing.
    #[must_use]
    pub fn new(proxy: SocketAddr, recorder: Recorder) -> Self {
        Self {
            proxy,
            recorder,
            patience: Duration::from_secs(5),
            held: Held::default(),
        }
    }
}
