//! Chance: in a world it follows from a seed, so that a run can be had again. Nothing that is drawn there is worth
//! guessing: it dies with the world. A provider alone, which other programs trust for as long as it runs, has no seed.

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
    /// What follows from a seed. Without one it is from 256 bits of the operating system's generator, which nobody can
    /// guess (RFC 6749, §10.10); a seed has 64 at the most.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let generator = seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        Self {
            generator: Mutex::new(generator),
        }
    }

    /// 32 bytes in base64url: 43 characters.
    pub(crate) fn token(&self) -> String {
        let mut bytes = [0; 32];
        self.generator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_can_be_had_again_and_the_operating_systems_chance_cannot() {
        let drawn = |seed| Random::new(seed).token();
        assert_eq!(drawn(Some(7)), drawn(Some(7)));
        assert_ne!(drawn(Some(7)), drawn(Some(8)));
        assert_ne!(drawn(None), drawn(None));
    }
}
