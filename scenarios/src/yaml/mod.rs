//! Reading YAML: text → located tree → typed values, with every mistake at its place.
//!
//! This room must not know what a scenario is.

mod access;
mod deserialize;
mod fault;
mod node;
mod parse;
mod shape;
mod typed;

pub(crate) use node::{Kind, Meaning, Node, Scalar};
pub(crate) use parse::parse;
pub(crate) use typed::read;
