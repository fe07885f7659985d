//! The runner: plays scenarios in worlds and browsers, one journal each, and has them judged.
//!
//! Purpose: the phases `prepare → drive → settle → judge → publish`, workers with warm browsers,
//! retries, repeats, shards. The main types are [`Session`] (a whole run) and [`Stage`] (one world and
//! one user context, the Rust API under the scenario language).
//!
//! This room must not know how results are shown: it tells a [`Progress`] what happens and returns the
//! manifest.

mod again;
mod attempt;
mod error;
mod history;
mod lookup;
mod names;
mod open;
mod options;
mod plan;
mod pool;
mod prepared;
mod progress;
mod run_directory;
mod sabotage;
mod serve;
mod session;
mod shared;
pub mod stage;
mod worker;

pub use error::{Broken, Error};
pub use open::{OpenPrepared, OpenWorld};
pub use options::{Options, Places, Screenshots, Shard, Tools};
pub use plan::{Group, Job, Plan};
pub use pool::BrowserPool;
pub use prepared::Prepared;
pub use progress::{Progress, Silent, Update};
pub use run_directory::RunDirectory;
pub use sabotage::{SabotageOutcome, SabotageRecord, SabotageVerdict, Sabotages};
pub use session::Session;
pub use stage::Stage;
