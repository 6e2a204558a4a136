//! Joins on equal keys.

use crate::error::Result;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// Which rows without a partner are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinHow {
    /// None.
    Inner,
    /// Those of the left frame, with nulls on the right.
    Left,
    /// Left rows that have a partner, once each; no columns of the right.
    Semi,
    /// Left rows that have no partner; no columns of the right.
    Anti,
}

/// Joins two frames where the key columns are equal; a null key equals nothing. Rows come in the
/// order of the left frame, partners of one row in the order of the right. The result has all
/// columns of the left, then those of the right that are not keys; a name that the left has gets
/// `suffix`. Keys of different dtypes are brought to a common one.
///
/// # Errors
/// [`crate::Error::ColumnNotFound`], [`crate::Error::DType`] for keys without a common dtype,
/// [`crate::Error::TooManyRows`], [`crate::Error::DuplicateColumn`].
pub fn join<I: Idx>(
    left: &DataFrame<I>,
    right: &DataFrame<I>,
    left_on: &[&str],
    right_on: &[&str],
    how: JoinHow,
    suffix: &str,
) -> Result<DataFrame<I>> {
    let _ = (left, right, left_on, right_on, how, suffix);
    todo!()
}
