//! The browser crate against real browsers.

mod messages;
mod stage;
