//! A WebDriver BiDi client of our own.
//!
//! Purpose: typed commands ([`command`]) and events ([`event`]) over one socket ([`Connection`]). Only
//! what the harness uses is typed. This module knows the protocol, not what the harness makes of it.

pub(crate) mod command;
mod connection;
pub(crate) mod event;
pub(crate) mod value;

pub(crate) use command::Command;
pub(crate) use connection::Connection;
pub(crate) use event::Event;
