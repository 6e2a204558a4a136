//! Which group each row belongs to: groups of equal keys, or one group of all rows.

use std::sync::Arc;

use arrow_array::Array;
use arrow_buffer::NullBuffer;

use super::super::groups::{self, Groups, Job, Part};
use super::super::take::take_column;
use super::super::unique::last_rows;
use super::fold::fold;
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;

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

impl<I: Idx> Assignment for Groups<I> {
    fn groups(&self) -> usize {
        self.first.len()
    }

    fn rows(&self) -> usize {
        self.ids.len()
    }

    #[inline]
    fn group(&self, row: usize) -> usize {
        self.ids[row].to_usize()
    }

    fn first(&self, column: &Column) -> Result<Column> {
        take_column(column, &self.first)
    }

    fn last(&self, column: &Column) -> Result<Column> {
        take_column(column, &last_rows(self)?)
    }

    /// Counts the distinct pairs of group and value in each group.
    fn distinct(&self, column: &Column) -> Result<Vec<i64>> {
        let job = Job::new(column.len());
        let parts = vec![Part::of_ids(self), groups::part_of::<I>(column, &job)?];
        let pairs = groups::by_parts::<I>(parts, &job)?;
        let mut counts = vec![0; self.first.len()];
        for row in pairs.first {
            counts[self.ids[row.to_usize()].to_usize()] += 1;
        }
        Ok(counts)
    }
}

/// All rows in one group.
pub(super) struct Whole {
    pub(super) rows: usize,
}

impl Whole {
    /// This row of the column, or null if there are no rows.
    fn edge(&self, column: &Column, row: usize) -> Result<Column> {
        let row = if self.rows == 0 { u64::NONE } else { row as u64 };
        take_column(column, &[row])
    }
}

impl Assignment for Whole {
    fn is_whole(&self) -> bool {
        true
    }

    fn groups(&self) -> usize {
        1
    }

    fn rows(&self) -> usize {
        self.rows
    }

    #[inline]
    fn group(&self, _: usize) -> usize {
        0
    }

    fn first(&self, column: &Column) -> Result<Column> {
        self.edge(column, 0)
    }

    fn last(&self, column: &Column) -> Result<Column> {
        self.edge(column, self.rows.saturating_sub(1))
    }

    fn distinct(&self, column: &Column) -> Result<Vec<i64>> {
        let distinct = groups::group::<u64>(std::slice::from_ref(column), column.len())?;
        Ok(vec![distinct.first.len() as i64])
    }
}

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

/// These values, one for each group, under the column's name.
pub(super) fn named(column: &Column, values: impl Array + 'static) -> Result<Column> {
    Column::new(column.shared_name(), Arc::new(values))
}
