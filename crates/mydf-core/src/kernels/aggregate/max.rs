//! The largest value.

use std::cmp::Ordering;

use super::assignment::Assignment;
use super::extremes::extreme;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

#[allow(clippy::unnecessary_wraps, reason = "every aggregation has this shape")]
pub(super) fn dtype(input: &DType) -> Option<DType> {
    Some(input.clone())
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    extreme(column, groups, Ordering::Greater)
}
