//! In which order a key is sorted.

/// The order of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortOrder {
    /// Largest first.
    pub descending: bool,
    /// Nulls after all values instead of before them, in either direction.
    pub nulls_last: bool,
}
