//! The number of values that are not null.

use arrow_array::Int64Array;

use super::assignment::{Assignment, named};
use super::sizes::counts;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

#[allow(clippy::unnecessary_wraps, reason = "every aggregation has this shape")]
pub(super) fn dtype(_: &DType) -> Option<DType> {
    Some(DType::Int64)
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    named(column, Int64Array::from(counts(column, groups)?))
}
