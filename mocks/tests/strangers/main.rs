//! Clients that no one here wrote meet the single sign-on over HTTP on a loopback listener.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod application;
mod life;
mod openid_connect;
mod refusals;
mod stage;
mod stranger;
mod trouble;
