//! Chance that follows from a seed, so that a run can be had again.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

/// A source of identifiers and secrets.
#[derive(Debug)]
pub(crate) struct Random {
    generator: Mutex<StdRng>,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            generator: Mutex::new(StdRng::seed_from_u64(seed)),
        }
    }

    /// 256 random bits in base64url: 43 characters.
    pub(crate) fn token(&self) -> String {
        let mut bytes = [0; 32];
        self.generator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}
