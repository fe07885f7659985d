//! Mocks: the services behind a simulated product, each a function to an axum [`Router`](axum::Router).
//!
//! Purpose: an [`Ensemble`] holds every mock of one world. They share the world's journal and clock, the
//! records of the fixtures, and nothing else; they can be asked through their routers without a socket.
//! A mock checks what it gets against its contract, tells the journal what happened in its domain, and has
//! the recorder watch for every secret before it first sends it. How a scenario directs them is typed data
//! ([`Ensemble::direct`], [`Ensemble::directions_schema`]).
//!
//! This room must not know of sockets, TLS, browsers, scenarios or verdicts. What goes wrong on the wire
//! (delays, resets, statuses) is the gateway's to inject, not a mock's.

mod attacker;
mod books;
mod crm_api;
mod crm_embed;
mod customer_360;
mod datadog;
mod desk;
mod direction;
mod ensemble;
mod errand;
mod error;
mod gate;
mod hub_core;
mod mekari_api;
mod mixpanel;
mod paging;
mod random;
mod released;
mod relying_party;
mod runtime_config;
mod scene;
mod setting;
mod sso;
mod telemetry;

pub use direction::DirectionError;
pub use ensemble::{Ensemble, prepare};
pub use errand::{Courier, Errand, Outcome};
pub use error::Error;
pub use setting::Setting;
pub use sso::{Authenticator, BackChannel, IssuerCard, LogoutCall, PersonCard, Providers, RegisteredClient};
