//! The rows of each group as a list, nulls included.

use super::super::lists;
use super::assignment::Assignment;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

#[allow(clippy::unnecessary_wraps, reason = "every aggregation has this shape")]
pub(super) fn dtype(input: &DType) -> Option<DType> {
    Some(DType::List(input.clone().into()))
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    lists::implode(column, groups.groups(), |row| groups.group(row))
}
