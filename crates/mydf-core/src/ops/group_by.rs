//! `group_by(...).agg(...)`.

use crate::error::Result;
use crate::expr::Expr;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// One row a group: the keys, then the aggregations. Groups stand in the order of their first row.
/// An expression of `aggs` may combine aggregations (`a.sum() / b.count()`); a column outside any
/// aggregation is an error that says to aggregate it.
///
/// # Errors
/// Those of the expressions; [`crate::Error::DuplicateColumn`].
pub fn group_by<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Expr],
    aggs: &[Expr],
) -> Result<DataFrame<I>> {
    let _ = (frame, keys, aggs);
    todo!()
}
