//! The browser crate against real browsers.

mod actions;
mod documents;
mod facts;
mod messages;
mod stage;
mod time;
