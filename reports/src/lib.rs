//! Reports: what a run directory says, in the forms that people and other tools read.
//!
//! Every report is a pure projection of a run directory ([`journal::run`]): `report.html` for people,
//! `junit.xml` for CI, one `trace.har` a scenario for network tools, workflow commands for GitHub. They are
//! made after a run or at any later time from a copy of its folder, without a browser or a network.
//!
//! The content is hostile: titles, URLs, bodies and console lines come from pages under test. Nothing here
//! trusts them to be well-formed, short or polite, and a journal that is missing or was cut off is a note in
//! the report, not an error.
//!
//! This room must not know how a run came to be: it knows the `journal` and nothing else of the workspace.

mod annotations;
mod directory;
mod error;
mod har;
mod history;
mod html;
mod junit;
mod plain;
mod write;

pub use annotations::github_annotations;
pub use error::Error;
pub use har::har;
pub use history::{PastRun, history};
pub use junit::junit;
pub use plain::{harmless, plain};
pub use write::{Options, Screenshots, Written, write_all, write_har, write_html, write_junit};
