//! The median of the values.

use super::assignment::Assignment;
use super::parts;
use super::sums::has_sum;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    has_sum(input).then_some(DType::Float64)
}

/// The middle value, or the mean of the two middle values. NaN is larger than every number.
pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    parts::each(column, groups, "median", &middle)
}

fn middle(values: &mut [f64]) -> f64 {
    let half = values.len() / 2;
    let (lower, upper) = parts::neighbours(values, half);
    // Halve first, so that two large values don't overflow; equal values stay as they are.
    match lower {
        Some(lower) if values.len().is_multiple_of(2) && lower.total_cmp(&upper).is_ne() => {
            lower * 0.5 + upper * 0.5
        }
        _ => upper,
    }
}
