//! Draws counts.

/// How wide an axis is, in characters.
pub fn width() -> u32 {
    counter::digits() + 1
}
