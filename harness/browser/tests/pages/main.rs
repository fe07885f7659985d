//! The browser crate against real browsers.

mod facts;
mod messages;
mod stage;
mod time;
