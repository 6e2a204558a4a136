//! Standard deviation and median.

use arrow_array::Float64Array;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, new_null_array};
use arrow_schema::DataType;

use super::super::bits::{self, for_each_valid};
use super::sums::means;
use super::{Assignment, counts, has_sum, named, unfit};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// Sample standard deviation, in two passes: the mean first, then the squares of the distances to
/// it, which loses no digits where the mean is far from zero.
pub(super) fn deviation(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let values = floats(column, "std")?;
    let (means, counts) = means(column, groups);
    let mut squares = vec![0.0; means.len()];
    for_each_valid(values.len(), values.nulls(), |row| {
        let group = groups.group(row);
        let distance = values.value(row) - means[group];
        squares[group] += distance * distance;
    });
    let deviations: Vec<f64> = squares
        .iter()
        .zip(&counts)
        .map(|(square, count)| if *count > 1 { (square / (count - 1) as f64).sqrt() } else { 0.0 })
        .collect();
    let nulls = bits::nulls(counts.len(), |group| counts[group] > 1);
    named(column, Float64Array::new(deviations.into(), nulls))
}

/// The value in the middle, or the mean of the two that are. NaN is larger than every number.
pub(super) fn median(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let values = floats(column, "median")?;
    let counts = counts(column, groups);
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
    let mut medians = Vec::with_capacity(counts.len());
    for count in &counts {
        let (group, others) = rest.split_at_mut(*count as usize);
        medians.push(middle(group));
        rest = others;
    }
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
    // Halves first, so that two large values don't overflow; equal ones are kept as they are.
    if lower.total_cmp(&upper).is_eq() { lower } else { lower * 0.5 + upper * 0.5 }
}

/// The values as Float64.
fn floats(column: &Column, operation: &str) -> Result<Float64Array> {
    if !has_sum(column.dtype()) {
        return Err(unfit(column, operation));
    }
    if *column.dtype() == DType::Null {
        let nulls = new_null_array(&DataType::Float64, column.len());
        return Ok(nulls.as_primitive::<Float64Type>().clone());
    }
    let values = arrow_cast::cast(column.values(), &DataType::Float64).map_err(|source| {
        Error::Arrow { operation: format!("{operation} of column `{}`", column.name()), source }
    })?;
    Ok(values.as_primitive::<Float64Type>().clone())
}
