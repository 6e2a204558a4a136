//! The mean of the values.

use arrow_array::Float64Array;

use super::super::bits;
use super::assignment::{Assignment, named};
use super::sums::{Sums, counted_sums, has_sum, means};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    has_sum(input).then_some(DType::Float64)
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let (sums, counts) = counted_sums(column, groups)?;
    finished(column, sums, &counts)
}

/// The means by the sums and numbers of values; the column has the name of the input.
pub(super) fn finished(column: &Column, sums: Sums, counts: &[i64]) -> Result<Column> {
    let means = means(sums, counts);
    let nulls = bits::nulls(counts.len(), |group| counts[group] > 0);
    named(column, Float64Array::new(means.into(), nulls))
}
