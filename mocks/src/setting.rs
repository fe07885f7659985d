//! What a world tells its mocks.

use std::collections::BTreeMap;

use journal::Recorder;

/// The setting in which an [`Ensemble`](crate::Ensemble) plays.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The world's journal, with its clock.
    pub recorder: Recorder,
    /// Origins by their name in the world: `crm` is `https://crm.qontak.com`.
    pub origins: BTreeMap<String, String>,
    /// The value of every switch of the world.
    pub switches: BTreeMap<String, String>,
    /// What identifiers and secrets follow from; the operating system's generator where there is none.
    pub seed: Option<u64>,
}
