//! What the tests of the program share: folders, a catalogue of one's own, the program itself, processes.
#![allow(dead_code, reason = "every test program uses a part of it")]

#[cfg(unix)]
pub(crate) mod app;
pub(crate) mod browsers;
pub(crate) mod catalogue;
pub(crate) mod processes;
pub(crate) mod program;
pub(crate) mod runs;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The checkout, where the catalogue and the reference apps lie.
pub(crate) fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the checkout")
}

/// Looks again and again until something is there, or time is up.
pub(crate) fn until<T>(deadline: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if began.elapsed() >= deadline {
            return None;
        }
        std::thread::sleep(Duration::from_millis(15));
    }
}
