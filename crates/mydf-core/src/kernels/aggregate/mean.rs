//! The mean of the values.

use arrow_array::{DurationMicrosecondArray, Float64Array, TimestampMicrosecondArray};

use super::super::bits;
use super::assignment::{Assignment, named};
use super::sums::{Sums, counted_sums, has_sum, means};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::temporal::DAY;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    match input {
        DType::Date => Some(DType::Datetime(None)),
        DType::Datetime(_) | DType::Duration => Some(input.clone()),
        _ => has_sum(input).then_some(DType::Float64),
    }
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let (sums, counts) = counted_sums(column, groups)?;
    finished(column, sums, &counts)
}

/// The means by the sums and numbers of values; the column has the name of the input.
pub(super) fn finished(column: &Column, sums: Sums, counts: &[i64]) -> Result<Column> {
    let nulls = bits::nulls(counts.len(), |group| counts[group] > 0);
    let (unit, sums) = match (column.dtype(), sums) {
        (DType::Date, Sums::Integers(sums)) => (DAY, sums),
        (DType::Datetime(_) | DType::Duration, Sums::Integers(sums)) => (1, sums),
        (_, sums) => {
            let means = means(sums, counts);
            return named(column, Float64Array::new(means.into(), nulls));
        }
    };
    // Exact, and rounded down to whole microseconds.
    let mean = |(sum, count): (i128, &i64)| {
        i64::try_from((sum * i128::from(unit)).div_euclid(i128::from(*count).max(1)))
    };
    let means = sums.into_iter().zip(counts).map(mean).collect::<Result<Vec<i64>, _>>();
    let means = means.map_err(|_| Error::Overflow {
        operation: "mean".into(),
        what: column.name().to_owned(),
        dtype: DType::Datetime(None),
    })?;
    match column.dtype() {
        DType::Datetime(zone) => {
            let array = TimestampMicrosecondArray::new(means.into(), nulls);
            named(column, array.with_timezone_opt(zone.clone()))
        }
        DType::Date => named(column, TimestampMicrosecondArray::new(means.into(), nulls)),
        _ => named(column, DurationMicrosecondArray::new(means.into(), nulls)),
    }
}
