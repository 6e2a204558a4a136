//! Operators whose result at a row depends on other rows: of the whole column, or of the row's
//! group.
//!
//! Each sees the rows group by group ([`Partition`]). The operators that only move rows compute
//! row numbers, which one gather turns into values; so they are compiled once, not for each dtype.
//! The others run over a column that is gathered into the order of the groups, and their results
//! are put back. Pieces of work depend only on the rows and the groups, so floats are the same
//! whatever the number of threads.

mod cumulative;
mod distinct;
mod ewm;
mod moves;
mod op;
mod order;
mod partition;
mod rank;
mod rolling;

pub(super) use moves::arg_sort;
pub use op::{Cumulative, Decaying, RankMethod, Rolling, Weights, WindowOp};
pub use partition::Partition;

use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;
use crate::memory;

/// One value for each row, under the column's name. For dtypes and null rules, see [`WindowOp`].
///
/// # Errors
/// [`crate::Error::DType`] if the column's dtype has no such operator, [`crate::Error::Overflow`]
/// if a sum leaves its range, [`crate::Error::LengthMismatch`] if the partition has a different
/// number of rows, [`crate::Error::Memory`], [`crate::Error::Interrupted`].
pub fn over_rows<I: Idx>(
    column: &Column,
    op: WindowOp,
    partition: &Partition<I>,
) -> Result<Column> {
    let dtype = op.dtype(column.dtype(), || column.name().to_owned())?;
    partition::check_length(column, partition)?;
    // The result, and the row numbers that lead to it.
    let row = memory::row_bytes(&dtype) + 2 * size_of::<I>() as u64;
    memory::check(op.name(), (column.len() as u64).saturating_mul(row))?;
    match op {
        WindowOp::Shift(rows) => moves::shift(column, rows, partition),
        WindowOp::Gaps(rows) => moves::gaps(column, rows, partition),
        WindowOp::ForwardFill(limit) => moves::fill(column, limit, false, partition),
        WindowOp::BackwardFill(limit) => moves::fill(column, limit, true, partition),
        WindowOp::Reverse => moves::reverse(column, partition),
        WindowOp::Sort(order) => moves::sort(column, order, partition),
        WindowOp::ArgSort(order) => moves::arg_sort(column, order, partition),
        WindowOp::Cumulative { what, reverse } => {
            cumulative::apply(column, what, reverse, partition)
        }
        WindowOp::Rank { method, descending } => rank::rank(column, method, descending, partition),
        WindowOp::Rolling { what, window, least, center } => {
            rolling::apply(column, what, rolling::Shape { window, least, center }, partition)
        }
        WindowOp::Decaying(what, weights) => ewm::apply(column, what, weights, partition),
        WindowOp::IsUnique => distinct::occurs_once(column, true, partition),
        WindowOp::IsDuplicated => distinct::occurs_once(column, false, partition),
        WindowOp::IsFirstDistinct => distinct::is_edge(column, false, partition),
        WindowOp::IsLastDistinct => distinct::is_edge(column, true, partition),
    }
}
