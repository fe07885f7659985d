//! One file a command.

pub(crate) mod doctor;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod provider;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sabotage;
pub(crate) mod schema;
pub(crate) mod setup;

use crate::exit::Failure;

/// The runtime that a command's asynchronous part runs on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::broken(format!("failed to start the runtime: {error}")))
}
