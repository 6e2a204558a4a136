//! The standard deviation of the values.

use super::assignment::Assignment;
use super::sums::has_sum;
use super::var::of_variances;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    has_sum(input).then_some(DType::Float64)
}

/// The square root of the sample variance.
pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    of_variances(column, groups, "std", f64::sqrt)
}
