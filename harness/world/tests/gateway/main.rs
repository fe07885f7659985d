//! The gateway over real sockets, told as transcripts of its journal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod customer_detail;
mod directory;
mod errands;
mod faults;
mod malformed;
mod protocols;
mod refusals;
mod rewriting;
mod shutdown;
mod sockets;
mod stubs;
mod transcript;
mod troupe;
mod upstream;
