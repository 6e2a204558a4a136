//! Which group each row belongs to.

use std::sync::Arc;

use arrow_array::Array;

use crate::column::Column;
use crate::error::Result;

/// Which group a row belongs to.
pub(in super::super) trait Assignment: Sync {
    /// The number of groups.
    fn groups(&self) -> usize;
    /// The number of rows.
    fn rows(&self) -> usize;
    /// True if all rows are one group, whatever their number.
    fn is_whole(&self) -> bool {
        false
    }
    /// The group of a row.
    fn group(&self, row: usize) -> usize;
    /// The first row of each group.
    fn first(&self, column: &Column) -> Result<Column>;
    /// The last row of each group.
    fn last(&self, column: &Column) -> Result<Column>;
    /// The number of distinct values in each group.
    fn distinct(&self, column: &Column) -> Result<Vec<i64>>;
}

/// These values, one for each group, under the column's name.
pub(super) fn named(column: &Column, values: impl Array + 'static) -> Result<Column> {
    Column::new(column.shared_name(), Arc::new(values))
}
