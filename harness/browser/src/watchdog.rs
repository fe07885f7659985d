//! The watchdog: nothing that the harness started outlives it, however it dies.
