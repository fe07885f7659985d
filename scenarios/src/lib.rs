//! Scenarios: user flows and what must hold in them, as data; with the sabotage that proves the checks.
//!
//! Purpose: the language ([`model`]), its loader with located [`Diagnostic`]s, the [`Catalogue`] of all
//! scenarios with their requirements, the JSON Schema for editors ([`schema`]) and the reference page
//! ([`reference()`]). A [`Case`] is one run of a scenario; [`Case::instantiate`] gives the [`Play`] that the
//! runner plays and the verdict judges.
//!
//! This room must not know which worlds, mocks, personas or engines there are.

mod catalogue;
mod diagnostic;
pub mod model;
mod place;
mod play;
mod reference;
mod schema;
mod suggest;
mod text;
mod words;
mod yaml;

pub use catalogue::{Case, Catalogue, KnownBad, Row, Ruled};
pub use diagnostic::Diagnostic;
pub use model::PlacedExpectation;
pub use place::{Located, Location};
pub use play::{PlacedStep, Play};
pub use reference::reference;
pub use schema::{SchemaKind, schema};
