//! The smallest value.

use std::cmp::Ordering;

use super::assignment::Assignment;
use super::extremes::extreme;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    (!matches!(input, DType::List(_))).then(|| input.clone())
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    extreme(column, groups, Ordering::Less)
}
