//! Requests that the server half of an application or provider makes of another server: not a browser's.
//!
//! A mock opens no socket. Whoever runs the world takes such requests to the origin's server in it, and comes
//! back with the answer.

use bytes::Bytes;
use http::{Request, Response};
use journal::ExchangeId;

/// A request of one server to another.
pub struct Errand {
    /// The origin whose server asks.
    pub from: String,
    /// What it asks, with an absolute address.
    pub request: Request<Bytes>,
    /// To be called with what came of it, unless the world ends before.
    pub done: Box<dyn FnOnce(Outcome) + Send>,
}

impl std::fmt::Debug for Errand {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What servers tell each other is secret more often than not.
        write!(
            formatter,
            "Errand(from {} to {})",
            self.from,
            self.request.uri().path()
        )
    }
}

/// What came of an errand.
#[derive(Debug)]
pub struct Outcome {
    /// The exchange, where it came to one.
    pub exchange: Option<ExchangeId>,
    /// The answer, or why there is none.
    pub answer: Result<Response<Bytes>, String>,
}

/// Takes errands to the servers of a world.
pub trait Courier: Send + Sync {
    /// Takes an errand. From then on, and until `done` has been called, the world is not at rest.
    fn take(&self, errand: Errand);
}
