//! Aggregations over groups and over whole columns.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Int64Array};

use super::bits;
use super::codes::Codes;
use super::groups::{self, Groups};
use super::take::take_column;
use super::unique::last_rows;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::expr::AggOp;
use crate::idx::Idx;

mod extremes;
mod spread;
mod sums;

/// One value a group, named as the column. Dtypes and null rules: [`AggOp`].
///
/// # Errors
/// [`crate::Error::DType`] where the column's dtype has no such aggregation,
/// [`crate::Error::Overflow`] where a sum leaves its range, [`crate::Error::LengthMismatch`] where
/// the groups are those of another number of rows.
pub fn aggregate_groups<I: Idx>(column: &Column, op: AggOp, groups: &Groups<I>) -> Result<Column> {
    if column.len() != groups.ids.len() {
        return Err(Error::LengthMismatch {
            column: column.name().to_owned(),
            expected: groups.ids.len(),
            actual: column.len(),
        });
    }
    if groups.first.len() == 1 {
        return aggregate(column, op);
    }
    match op {
        AggOp::First => take_column(column, &groups.first),
        AggOp::Last => take_column(column, &last_rows(groups)),
        AggOp::NUnique => named(column, n_unique(column, groups)),
        _ => over(column, op, groups),
    }
}

/// One value for the whole column, by the same rules and to the same result as one group of all rows.
///
/// # Errors
/// As [`aggregate_groups`].
pub fn aggregate(column: &Column, op: AggOp) -> Result<Column> {
    let edge = |row: usize| {
        let row = if column.is_empty() { u64::NONE } else { row as u64 };
        take_column(column, &[row])
    };
    match op {
        AggOp::First => edge(0),
        AggOp::Last => edge(column.len().saturating_sub(1)),
        AggOp::NUnique => {
            let distinct = groups::group::<u64>(std::slice::from_ref(column), column.len())?;
            named(column, Int64Array::from(vec![distinct.first.len() as i64]))
        }
        _ => over(column, op, &Whole { rows: column.len() }),
    }
}

/// Which group a row belongs to.
trait Assignment: Sync {
    /// The number of groups.
    fn groups(&self) -> usize;
    /// The number of rows.
    fn rows(&self) -> usize;
    /// The group of a row.
    fn group(&self, row: usize) -> usize;
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
}

/// All rows are one group.
struct Whole {
    rows: usize,
}

impl Assignment for Whole {
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
}

/// The aggregations that need no row numbers.
fn over(column: &Column, op: AggOp, groups: &impl Assignment) -> Result<Column> {
    match op {
        AggOp::Sum => sums::sum(column, groups),
        AggOp::Mean => sums::mean(column, groups),
        AggOp::Min => extremes::extreme(column, groups, std::cmp::Ordering::Less),
        AggOp::Max => extremes::extreme(column, groups, std::cmp::Ordering::Greater),
        AggOp::Count => named(column, integers(counts(column, groups))),
        AggOp::Len => named(column, integers(lengths(groups))),
        AggOp::Std => spread::deviation(column, groups),
        AggOp::Median => spread::median(column, groups),
        AggOp::First | AggOp::Last | AggOp::NUnique => {
            unreachable!("these are taken by row number")
        }
    }
}

fn named(column: &Column, values: impl Array + 'static) -> Result<Column> {
    Column::new(column.shared_name(), Arc::new(values) as ArrayRef)
}

fn integers(values: Vec<i64>) -> Int64Array {
    Int64Array::new(values.into(), None)
}

/// The rows of each group.
fn lengths(groups: &impl Assignment) -> Vec<i64> {
    if groups.groups() == 1 {
        return vec![groups.rows() as i64];
    }
    let mut lengths = vec![0; groups.groups()];
    for row in 0..groups.rows() {
        lengths[groups.group(row)] += 1;
    }
    lengths
}

/// The values of each group that are not null.
fn counts(column: &Column, groups: &impl Assignment) -> Vec<i64> {
    let nulls = column.values().logical_nulls();
    if groups.groups() == 1 {
        return vec![(column.len() - column.null_count()) as i64];
    }
    let mut counts = vec![0; groups.groups()];
    bits::for_each_valid(column.len(), nulls.as_ref(), |row| counts[groups.group(row)] += 1);
    counts
}

/// Distinct values a group: distinct pairs of group and value, counted by group.
fn n_unique<I: Idx>(column: &Column, groups: &Groups<I>) -> Int64Array {
    let parts = vec![groups.codes(), Codes::of_column::<I>(column)];
    let pairs = groups::by_codes::<I>(&Codes::together(parts, column.len()));
    let mut counts = vec![0; groups.first.len()];
    for row in pairs.first {
        counts[groups.ids[row.to_usize()].to_usize()] += 1;
    }
    integers(counts)
}

/// The error of an aggregation that a dtype does not have.
fn unfit(column: &Column, operation: &str) -> Error {
    Error::DType {
        operation: operation.into(),
        what: column.name().to_owned(),
        expected: "a numeric dtype or Bool".into(),
        actual: column.dtype().clone(),
    }
}

/// True for the dtypes that have sums and means: numbers, truth values and nothing but nulls.
fn has_sum(dtype: &DType) -> bool {
    dtype.is_numeric() || matches!(dtype, DType::Bool | DType::Null)
}
