//! Evaluates expressions over a frame.

use crate::column::Column;
use crate::error::Result;
use crate::expr::Expr;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// A column of these expressions each, all of one length: literals and aggregations are repeated
/// to the frame's height where another expression has it, and give one row where none has.
///
/// # Errors
/// Those of the expressions; [`crate::Error::DuplicateColumn`].
pub fn select<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<DataFrame<I>> {
    let _ = (frame, exprs);
    todo!()
}

/// The frame with these expressions added, or put in place of columns of the same name. All see
/// the frame as it was.
///
/// # Errors
/// As [`select`].
pub fn with_columns<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<DataFrame<I>> {
    let _ = (frame, exprs);
    todo!()
}

/// The rows where the predicate is true (not false, not null).
///
/// # Errors
/// Those of the expression; [`crate::Error::DType`] where it is not Bool.
pub fn filter<I: Idx>(frame: &DataFrame<I>, predicate: &Expr) -> Result<DataFrame<I>> {
    let _ = (frame, predicate);
    todo!()
}

/// Evaluates one expression to a column of `frame.height()` rows (or one row, see [`select`]).
///
/// # Errors
/// Those of the expression.
pub fn evaluate<I: Idx>(frame: &DataFrame<I>, expr: &Expr) -> Result<Column> {
    let _ = (frame, expr);
    todo!()
}
