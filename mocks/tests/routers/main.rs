//! The mocks through their routers, without sockets.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::needless_pass_by_value, reason = "cases are given by value")]

mod apis;
mod attacker;
mod crm_embed;
mod directions;
mod hub_core;
mod mekari;
mod relying_party;
mod relying_party_session;
mod relying_party_support;
mod sso;
mod sso_exchange;
mod sso_faults;
mod sso_logout;
mod sso_operator;
mod sso_party;
mod sso_requests;
mod sso_tokens;
mod support;
mod telemetry;
