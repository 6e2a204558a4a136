//! Aggregations over groups and over whole columns.

use crate::column::Column;
use crate::error::Result;
use crate::expr::AggOp;
use crate::idx::Idx;
use crate::ops::groups::Groups;

/// One value a group, named as the column. Dtypes and null rules: [`AggOp`].
///
/// # Errors
/// [`crate::Error::DType`] where the column's dtype has no such aggregation,
/// [`crate::Error::Overflow`] where a sum leaves its range.
pub fn aggregate_groups<I: Idx>(column: &Column, op: AggOp, groups: &Groups<I>) -> Result<Column> {
    let _ = (column, op, groups);
    todo!()
}

/// One value for the whole column, by the same rules and to the same result as one group of all rows.
///
/// # Errors
/// As [`aggregate_groups`].
pub fn aggregate(column: &Column, op: AggOp) -> Result<Column> {
    let _ = (column, op);
    todo!()
}
