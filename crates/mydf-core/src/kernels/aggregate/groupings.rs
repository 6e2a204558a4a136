//! Rows in groups of equal keys, and all rows in one group.

use super::super::groups::{self, Groups, Job, Part};
use super::super::take::take_column;
use super::super::unique::last_rows;
use super::assignment::Assignment;
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;

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
