//! Stable sorting by several keys.

use crate::column::Column;
use crate::error::Result;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// The order of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortOrder {
    /// Largest first.
    pub descending: bool,
    /// Nulls after all values (else before them), whatever the direction.
    pub nulls_last: bool,
}

/// The row numbers that put the rows in order. Equal rows keep their order. NaN is larger than
/// every number.
///
/// # Errors
/// [`crate::Error::Value`] without keys, or where keys and orders differ in number.
pub fn argsort<I: Idx>(keys: &[Column], orders: &[SortOrder]) -> Result<Vec<I>> {
    let _ = (keys, orders);
    todo!()
}

/// The frame sorted by these keys (columns of the frame's height).
///
/// # Errors
/// As [`argsort`].
pub fn sort<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Column],
    orders: &[SortOrder],
) -> Result<DataFrame<I>> {
    let _ = (frame, keys, orders);
    todo!()
}
