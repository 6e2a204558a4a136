//! The number of nulls.

use arrow_array::Int64Array;

use super::assignment::{Assignment, named};
use super::sizes::{counts, lengths};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

#[allow(clippy::unnecessary_wraps, reason = "every aggregation has this shape")]
pub(super) fn dtype(_: &DType) -> Option<DType> {
    Some(DType::Int64)
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let (rows, values) = (lengths(groups)?, counts(column, groups)?);
    named(
        column,
        Int64Array::from_iter_values(rows.iter().zip(values).map(|(all, valid)| all - valid)),
    )
}
