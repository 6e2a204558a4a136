//! The first row's value, null or not.

use super::assignment::Assignment;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

#[allow(clippy::unnecessary_wraps, reason = "every aggregation has this shape")]
pub(super) fn dtype(input: &DType) -> Option<DType> {
    Some(input.clone())
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    groups.first(column)
}
