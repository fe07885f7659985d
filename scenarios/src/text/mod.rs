//! Placeholders: `${name}`, `${name.field}`, `${origin.${sender}}`.
//!
//! They are replaced in the tree, before it is read as a type, so that places stay those of the file and a value can
//! never break the syntax around it.

mod substitute;
mod template;

pub(crate) use substitute::{Said, Scope, within_scope, within_world};
