//! The standard deviation of the values.

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, DurationMicrosecondArray};

use super::assignment::{Assignment, named};
use super::sums::has_sum;
use super::var::of_variances;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};

pub(super) fn dtype(input: &DType) -> Option<DType> {
    match input {
        DType::Duration => Some(DType::Duration),
        _ => has_sum(input).then_some(DType::Float64),
    }
}

/// The square root of the sample variance. That of durations is one too, rounded to microseconds.
pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let found = of_variances(&column.physical(), groups, "std", f64::sqrt)?;
    if *column.dtype() != DType::Duration {
        return Ok(found);
    }
    let deviations = found.values().as_primitive::<Float64Type>();
    let micros = |value: f64| (value < i64::MAX as f64).then(|| value.round_ties_even() as i64);
    let made: DurationMicrosecondArray = deviations.unary_opt(micros);
    if made.null_count() > deviations.null_count() {
        return Err(Error::Overflow {
            operation: "std".into(),
            what: column.name().to_owned(),
            dtype: DType::Duration,
        });
    }
    named(column, made)
}
