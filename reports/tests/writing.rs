//! Placeholder.
mod synthetic;
