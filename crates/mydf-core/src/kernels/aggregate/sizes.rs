//! How many rows and how many values each group has.

use arrow_array::Array;
use arrow_buffer::NullBuffer;

use super::assignment::Assignment;
use super::fold::fold;
use crate::column::Column;
use crate::error::Result;

/// The number of rows in each group.
pub(super) fn lengths(groups: &impl Assignment) -> Result<Vec<i64>> {
    number_of_rows(groups, None)
}

/// The number of values in each group that are not null.
pub(super) fn counts(column: &Column, groups: &impl Assignment) -> Result<Vec<i64>> {
    if groups.is_whole() {
        return Ok(vec![(column.len() - column.null_count()) as i64]);
    }
    number_of_rows(groups, column.values().logical_nulls().as_ref())
}

fn number_of_rows(groups: &impl Assignment, nulls: Option<&NullBuffer>) -> Result<Vec<i64>> {
    if groups.is_whole() {
        return Ok(vec![groups.rows() as i64]);
    }
    fold(groups, nulls, |count, _, _| *count += 1, |count, later| *count += later)
}
