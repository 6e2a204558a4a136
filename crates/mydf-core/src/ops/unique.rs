//! Distinct rows.

use crate::error::Result;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// Which row of equal ones is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The first.
    First,
    /// The last.
    Last,
    /// None: only rows that occur once.
    None,
}

/// Rows that are distinct in `subset` (all columns without one), in the frame's order.
///
/// # Errors
/// [`crate::Error::ColumnNotFound`].
pub fn unique<I: Idx>(
    frame: &DataFrame<I>,
    subset: Option<&[&str]>,
    keep: Keep,
) -> Result<DataFrame<I>> {
    let _ = (frame, subset, keep);
    todo!()
}
