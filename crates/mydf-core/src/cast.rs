//! Conversion between dtypes.

use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

/// The column in another dtype. Text that is not a number, a float outside an integer's range, …:
/// an error when `strict`, null otherwise. A float loses its fraction towards zero.
///
/// # Errors
/// [`crate::Error::Cast`] naming the first value that does not fit; [`crate::Error::DType`] where
/// there is no conversion between the two dtypes.
pub fn cast(column: &Column, dtype: &DType, strict: bool) -> Result<Column> {
    let _ = (column, dtype, strict);
    todo!()
}
