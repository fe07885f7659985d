//! A world: a set of origins under their production hostnames, behind one port on loopback.
//!
//! Purpose: to boot a [`World`] from a [`Plan`], to serve it by a forward proxy that ends TLS with
//! certificates of an ephemeral [`Authority`], and to journal what crosses the wire. A browser whose
//! proxy is [`World::address`] reaches the origins of that world and nothing else; its noise goes to a
//! [`Quarantine`].
//!
//! ```text
//! browser ──CONNECT──▶ gateway ─▶ tunnel (TLS or not) ─▶ exchange ─▶ mock · folder · upstream
//!                                                        │ journal, faults, rewrites, overlays
//! ```
//!
//! This room must not know what a scenario is, nor which browser comes.

mod ahead;
mod authority;
mod cast;
mod errand;
mod error;
mod exchange;
mod fault;
mod gateway;
mod ledger;
mod origin;
mod pattern;
mod plan;
mod provider;
mod quarantine;
mod rewrite;
mod server;
mod site;
mod socket;
mod tasks;
mod world;

pub use authority::Authority;
pub use cast::{Cast, check_direction, prepare};
pub use error::Error;
pub use exchange::BLANK_PATH;
pub use fault::{Effect, Fault, FaultId, Nth};
pub use ledger::{BeforeJump, InFlight};
pub use mocks::{Courier, Errand, Outcome};
pub use pattern::PathPattern;
pub use plan::{HostHeader, Layout, Limits, OriginNames, OriginPlan, Plan, Stub, StubRoute, Target};
pub use provider::{Provider, ProviderPlan};
pub use quarantine::Quarantine;
pub use rewrite::{Edit, Rewrite};
pub use world::World;
