//! The mocks through their routers, without sockets.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::needless_pass_by_value, reason = "cases are given by value")]

mod apis;
mod attacker;
mod crm_embed;
mod directions;
mod hub_core;
mod mekari;
mod sso;
mod support;
mod telemetry;
