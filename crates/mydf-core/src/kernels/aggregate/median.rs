//! The median of the values.

use arrow_array::{Array, Float64Array};
use rayon::prelude::*;

use super::super::PARALLEL_ROWS;
use super::super::bits::{self, for_each_valid};
use super::assignment::{Assignment, named};
use super::sizes::counts;
use super::sums::{floats, has_sum};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    has_sum(input).then_some(DType::Float64)
}

/// The middle value, or the mean of the two middle values. NaN is larger than every number.
pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let values = floats(column, "median")?;
    let counts = counts(column, groups)?;
    let mut starts = Vec::with_capacity(counts.len());
    let mut total = 0;
    for count in &counts {
        starts.push(total);
        total += *count as usize;
    }
    let mut grouped = vec![0.0; total];
    for_each_valid(values.len(), values.nulls(), |row| {
        let place = &mut starts[groups.group(row)];
        grouped[*place] = values.value(row);
        *place += 1;
    });
    let mut rest = grouped.as_mut_slice();
    let mut parts = Vec::with_capacity(counts.len());
    for count in &counts {
        let (group, others) = rest.split_at_mut(*count as usize);
        parts.push(group);
        rest = others;
    }
    let medians: Vec<f64> = if total < PARALLEL_ROWS {
        parts.into_iter().map(middle).collect()
    } else {
        parts.into_par_iter().map(middle).collect()
    };
    let nulls = bits::nulls(counts.len(), |group| counts[group] > 0);
    named(column, Float64Array::new(medians.into(), nulls))
}

fn middle(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    let order = |l: &f64, r: &f64| l.partial_cmp(r).unwrap_or_else(|| l.is_nan().cmp(&r.is_nan()));
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(half, order);
    let upper = *upper;
    if !even {
        return upper;
    }
    let lower = below.iter().copied().max_by(order).unwrap_or(upper);
    // Halve first, so that two large values don't overflow; equal values stay as they are.
    if lower.total_cmp(&upper).is_eq() { lower } else { lower * 0.5 + upper * 0.5 }
}
