//! The variance of the values.

use arrow_array::{Array, Float64Array};

use super::super::bits;
use super::assignment::{Assignment, named};
use super::fold::fold;
use super::sums::{Compensated, Total, counted_sums, floats, has_sum, means};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    has_sum(input).then_some(DType::Float64)
}

/// Sample variance in two passes: first the mean, then the squared distances to it. This loses no
/// digits if the mean is far from zero.
pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    of_variances(column, groups, "var", |variance| variance)
}

/// What `finish` makes of the variance of each group; null below two values.
pub(super) fn of_variances(
    column: &Column,
    groups: &impl Assignment,
    operation: &str,
    finish: fn(f64) -> f64,
) -> Result<Column> {
    let values = floats(column, operation)?;
    let (sums, counts) = counted_sums(column, groups)?;
    let means = means(sums, &counts);
    let add = |squares: &mut Compensated, row: usize, group: usize| {
        let distance = values.value(row) - means[group];
        squares.add_float(distance * distance);
    };
    let squares = fold(groups, values.nulls(), add, Total::merge)?;
    let finished = squares.iter().zip(&counts).map(|(square, count)| {
        if *count > 1 { finish(square.total() / (count - 1) as f64) } else { 0.0 }
    });
    let finished: Vec<f64> = finished.collect();
    let nulls = bits::nulls(counts.len(), |group| counts[group] > 1);
    named(column, Float64Array::new(finished.into(), nulls))
}
