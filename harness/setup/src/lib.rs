//! What a fresh machine needs before a scenario can run, and how it gets there.
//!
//! The room has two verbs. [`inspect`] looks at the machine and says of each [`Part`] (browser, driver, npm and Python packages)
//! whether it is there, which version it is, whether it fits, and exactly what to type when it does not. [`install`]
//! brings what is missing, tells every [`Step`], and does nothing twice. Both work from one [`Context`]: the checkout,
//! the search path and the overrides, read once, so that a test can give them a machine of its own.
//!
//! It must not know how a browser is started or what a scenario is: it hands out paths ([`Tools`]), nothing more.
//! It needs no shell and no particular operating system; where it cannot install, it says what a person types.

mod cargo_tool;
mod command;
mod context;
mod distribution;
mod engine;
mod error;
mod inspect;
mod install;
mod job;
mod npm;
mod packager;
mod part;
mod privilege;
mod python;
mod stamp;
mod step;
mod tool;
mod version;

pub use cargo_tool::{CargoTool, install_cargo_tool};
pub use command::CommandLine;
pub use context::{Context, Os};
pub use engine::{Engine, UnknownEngine};
pub use error::SetupError;
pub use inspect::inspect;
pub use install::install;
pub use part::{Part, PartId, Verdict};
pub use step::Step;
pub use tool::{Tool, Tools};
pub use version::Version;
