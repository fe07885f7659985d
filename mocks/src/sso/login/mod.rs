//! The sign-in page.

mod begin;
mod submit;

pub(super) use begin::{begin, show};
pub(super) use submit::submit;
