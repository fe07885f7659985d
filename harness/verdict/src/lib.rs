//! The verdict: pure matchers and invariants. Journal in, findings out.
//!
//! Purpose: [`judge`] a whole run, and [`check`] single expectations while one is played. Everything is
//! decided from recorded events; what the page showed is judged from the observations that the runner
//! wrote down. Where the journal has pseudonyms, the values they stand for are compared with what is
//! expected, in memory; a finding has pseudonyms again.
//!
//! This room must not know browsers, worlds or clocks, and needs no runtime.

mod allowed;
mod context;
mod framing;
mod invariant;
mod judge;
mod matcher;
mod outcome;
mod pattern;

pub use allowed::{AllowedPlace, Place};
pub use context::{Context, ContractError};
pub use invariant::{STORAGE, needs_instrumentation};
pub use judge::{judge, pending_at_the_end, unexplained_refusals};
pub use matcher::{
    check, check_observation, is_looked_at, last_message, last_status, needs_settling, request_count,
};
pub use outcome::Outcome;
pub use pattern::matches;
