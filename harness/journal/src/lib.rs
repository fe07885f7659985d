//! The journal: everything that crossed a border in one run, in one order.
//!
//! Purpose: the event vocabulary ([`Event`], [`Fact`]), the [`Recorder`] that looks for canaries and
//! redacts before it writes, the reader, the [`Clock`] that mocks and pages share, and the layout of
//! a run directory ([`run`]). Projections ([`projection`]) answer questions that need several events,
//! such as "was this message received?".
//!
//! This room must not know who writes (gateway, mocks, browser, runner) nor who judges.

pub mod body;
pub mod canary;
pub mod clock;
mod error;
pub mod event;
pub mod fact;
pub mod finding;
pub mod projection;
mod reader;
mod recorder;
pub mod run;

pub use body::Body;
pub use canary::{Canary, Encoding, Sighting};
pub use clock::Clock;
pub use error::Error;
pub use event::{Event, ExchangeId, Moment, Sequence, Source};
pub use fact::Fact;
pub use finding::{Finding, Location};
pub use reader::read;
pub use recorder::Recorder;
