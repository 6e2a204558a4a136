//! The columns of the result of a join.

use std::collections::HashSet;

use super::super::take::Rows;
use super::partners::Partners;
use crate::column::Column;
use crate::error::Result;
use crate::frame::{DataFrame, check_rows};
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;

/// The columns of both frames that the result has, under their names there.
pub(super) struct Both {
    left: Vec<Column>,
    left_height: usize,
    right: Vec<Column>,
    right_height: usize,
}

impl Both {
    pub(super) fn new<I: Idx>(
        left_frame: &DataFrame<I>,
        left: Vec<Column>,
        right_frame: &DataFrame<I>,
        mut right: Vec<Column>,
        suffix: &str,
    ) -> Self {
        let taken: HashSet<&str> = left.iter().map(Column::name).collect();
        for column in &mut right {
            if taken.contains(column.name()) {
                *column = column.renamed(format!("{}{suffix}", column.name()));
            }
        }
        drop(taken);
        let (left_height, right_height) = (left_frame.height(), right_frame.height());
        Both { left, left_height, right, right_height }
    }

    /// Rejects more rows than there can be, before they are made.
    pub(super) fn check<I: Idx>(&self, operation: &str, rows: u64) -> Result<()> {
        check_rows::<I>(rows)?;
        let columns = self.left.iter().chain(&self.right);
        let row_bytes: u64 = columns.map(|column| memory::row_bytes(column.dtype())).sum();
        memory::check(operation, rows.saturating_mul(2 * size_of::<I>() as u64 + row_bytes))
    }

    pub(super) fn assemble<I: Idx>(
        self,
        rows: Partners<I>,
        stop: &Interrupt,
    ) -> Result<DataFrame<I>> {
        let mut columns = taken(&self.left, self.left_height, rows.left.as_deref(), stop)?;
        drop(rows.left);
        columns.extend(taken(&self.right, self.right_height, rows.right.as_deref(), stop)?);
        DataFrame::new(columns)
    }
}

/// These rows of columns of equal height; `None` stands for all of them in order. One column after
/// the other: all threads share its part of the cache.
fn taken<I: Idx>(
    columns: &[Column],
    height: usize,
    rows: Option<&[I]>,
    stop: &Interrupt,
) -> Result<Vec<Column>> {
    let Some(rows) = rows else { return Ok(columns.to_vec()) };
    let rows = Rows::checked(rows, height)?;
    columns.iter().map(|column| stop.check().and_then(|()| rows.of(column))).collect()
}
