//! The vocabulary: every kind of fact a journal can hold.
//!
//! Wire facts come from the gateway, page facts from the browser, domain facts from the mocks and
//! stage facts from the runner. `kind` is the tag in `events.jsonl`.

mod domain;
mod page;
mod stage;
mod wire;

use serde::{Deserialize, Serialize};

pub use domain::{ContractViolation, DomainFact, Telemetry, Unrouted};
pub use page::{
    Console, ContextClosed, ContextOpened, CspViolation, Frame, Handed, LoadFailed, MessageReceived,
    MessageSent, MixedContent, Motion, Navigation, NavigationStage, PageError,
};
pub use stage::{
    Answer, ClockMoved, Mark, Observation, Phase, PhaseName, Screenshot, Settled, Staged, Step, StepOutcome,
    WorldUp,
};
pub use wire::{
    Aborted, FaultApplied, HttpVersion, Refusal, Refused, Request, Response, Rewritten, Timings, TlsFailed,
    WebSocketFrame, WireDirection,
};

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fact {
    /// A request arrived at the gateway, head and body complete (or cut at the limit).
    Request(Request),
    /// A response left the gateway.
    Response(Response),
    /// An exchange ended without a complete response (client gone, fault, upstream failure).
    Aborted(Aborted),
    /// The gateway refused a connection or request.
    Refused(Refused),
    /// A TLS handshake failed.
    TlsFailed(TlsFailed),
    /// A WebSocket frame passed.
    WebSocketFrame(WebSocketFrame),
    /// A named fault was applied to an exchange.
    FaultApplied(FaultApplied),
    /// A response body or header was rewritten (sabotage or hot patch).
    Rewritten(Rewritten),

    /// A document or frame came to life.
    ContextOpened(ContextOpened),
    /// A tab or frame is gone.
    ContextClosed(ContextClosed),
    /// A navigation in a frame.
    Navigation(Navigation),
    /// `postMessage` was called.
    MessageSent(MessageSent),
    /// A `message` event was dispatched.
    MessageReceived(MessageReceived),
    /// Console output.
    Console(Console),
    /// An uncaught error or an unhandled rejection.
    PageError(PageError),
    /// A Content Security Policy violation.
    CspViolation(CspViolation),
    /// A document that came over TLS was kept from loading something over plain HTTP.
    MixedContent(MixedContent),
    /// Something that a document asked for did not arrive.
    LoadFailed(LoadFailed),
    /// An animation or transition began.
    Motion(Motion),
    /// The page handed an event to a telemetry SDK, seen at the SDK's public entry.
    Handed(Handed),

    /// Something a mock did or saw in its own domain.
    Domain(DomainFact),
    /// A request broke its mock's contract.
    ContractViolation(ContractViolation),
    /// A request met no route of its mock.
    Unrouted(Unrouted),
    /// A telemetry event arrived at its intake, decoded.
    Telemetry(Telemetry),

    /// The world is up.
    WorldUp(WorldUp),
    /// A phase of the run began or ended.
    Phase(Phase),
    /// A step of the scenario ended.
    Step(Step),
    /// What the page showed when an expectation looked.
    Observation(Observation),
    /// The world came to rest.
    Settled(Settled),
    /// The world's clock was advanced.
    ClockMoved(ClockMoved),
    /// Mocks were told to behave in another way.
    Staged(Staged),
    /// A point in the run that expectations can refer to.
    Mark(Mark),
    /// A screenshot was taken.
    Screenshot(Screenshot),
    /// An answer to an open question, read off this run.
    Answer(Answer),
}

impl Fact {
    /// The tag of this fact in `events.jsonl`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Response(_) => "response",
            Self::Aborted(_) => "aborted",
            Self::Refused(_) => "refused",
            Self::TlsFailed(_) => "tls-failed",
            Self::WebSocketFrame(_) => "web-socket-frame",
            Self::FaultApplied(_) => "fault-applied",
            Self::Rewritten(_) => "rewritten",
            Self::ContextOpened(_) => "context-opened",
            Self::ContextClosed(_) => "context-closed",
            Self::Navigation(_) => "navigation",
            Self::MessageSent(_) => "message-sent",
            Self::MessageReceived(_) => "message-received",
            Self::Console(_) => "console",
            Self::PageError(_) => "page-error",
            Self::CspViolation(_) => "csp-violation",
            Self::MixedContent(_) => "mixed-content",
            Self::LoadFailed(_) => "load-failed",
            Self::Motion(_) => "motion",
            Self::Handed(_) => "handed",
            Self::Domain(_) => "domain",
            Self::ContractViolation(_) => "contract-violation",
            Self::Unrouted(_) => "unrouted",
            Self::Telemetry(_) => "telemetry",
            Self::WorldUp(_) => "world-up",
            Self::Phase(_) => "phase",
            Self::Step(_) => "step",
            Self::Observation(_) => "observation",
            Self::Settled(_) => "settled",
            Self::ClockMoved(_) => "clock-moved",
            Self::Staged(_) => "staged",
            Self::Mark(_) => "mark",
            Self::Screenshot(_) => "screenshot",
            Self::Answer(_) => "answer",
        }
    }
}
