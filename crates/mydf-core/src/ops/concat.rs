//! Frames below each other and beside each other.

use crate::error::Result;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// Rows of all frames, in order. All have the same columns in the same order; Null takes the dtype
/// it meets, other dtypes must be equal.
///
/// # Errors
/// [`crate::Error::Value`] without frames, [`crate::Error::DType`] or
/// [`crate::Error::ColumnNotFound`] naming what differs, [`crate::Error::TooManyRows`].
pub fn concat_rows<I: Idx>(frames: &[DataFrame<I>]) -> Result<DataFrame<I>> {
    let _ = frames;
    todo!()
}

/// Columns of all frames, in order.
///
/// # Errors
/// [`crate::Error::LengthMismatch`], [`crate::Error::DuplicateColumn`].
pub fn concat_columns<I: Idx>(frames: &[DataFrame<I>]) -> Result<DataFrame<I>> {
    let _ = frames;
    todo!()
}
