//! The number of distinct values, where null counts as one.

use arrow_array::Int64Array;

use super::assignment::{Assignment, named};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    (!matches!(input, DType::List(_))).then_some(DType::Int64)
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    named(column, Int64Array::from(groups.distinct(column)?))
}
