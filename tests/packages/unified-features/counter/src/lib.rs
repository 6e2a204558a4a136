//! Counts.

/// How many digits a count may have.
pub fn digits() -> u32 {
    if cfg!(feature = "wide") { 20 } else { 10 }
}
