//! The desk: what every mock does alike with a request.
//!
//! A mock is a table of [`Endpoint`]s over its own state. The desk turns the table into an axum
//! [`axum::Router`]: it reads the request into a [`Call`], checks it against the mock's contract,
//! answers preflights, and tells the journal of what met no route. Endpoints are plain functions from a
//! call to a [`Reply`]: they need no socket and no runtime.

mod call;
mod contract;
mod cors;
#[cfg(test)]
mod coverage;
mod pages;
mod reply;
mod route;

pub(crate) use call::{Call, first, object};
pub(crate) use contract::{Contract, violations};
pub(crate) use cors::Cors;
pub(crate) use pages::Pages;
pub(crate) use reply::{Reply, escaped};
pub(crate) use route::{Endpoint, Mock, router, router_over};
