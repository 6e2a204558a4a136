//! Rows by number and rows by mask.

use arrow_array::BooleanArray;

use crate::column::Column;
use crate::error::Result;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// These rows of the column, in this order; [`Idx::NONE`] gives a null.
///
/// # Errors
/// [`crate::Error::Arrow`] where the gathered text exceeds what an array can hold.
pub fn take_column<I: Idx>(column: &Column, rows: &[I]) -> Result<Column> {
    let _ = (column, rows);
    todo!()
}

/// These rows of the frame, in this order; [`Idx::NONE`] gives nulls. Columns are gathered in parallel.
///
/// # Errors
/// As [`take_column`]; [`crate::Error::TooManyRows`].
pub fn take<I: Idx>(frame: &DataFrame<I>, rows: &[I]) -> Result<DataFrame<I>> {
    let _ = (frame, rows);
    todo!()
}

/// The rows where the mask is true (not false, not null). The mask has the frame's height.
///
/// # Errors
/// [`crate::Error::LengthMismatch`].
pub fn filter<I: Idx>(frame: &DataFrame<I>, mask: &BooleanArray) -> Result<DataFrame<I>> {
    let _ = (frame, mask);
    todo!()
}
