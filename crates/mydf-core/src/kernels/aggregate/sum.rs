//! The sum of the values.

use arrow_array::{DurationMicrosecondArray, Float32Array, Float64Array, Int64Array, UInt64Array};

use super::assignment::{Assignment, named};
use super::sums::{Sums, has_sum, sums};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};

pub(super) fn dtype(input: &DType) -> Option<DType> {
    if *input == DType::Duration {
        return Some(DType::Duration);
    }
    has_sum(input).then(|| match input {
        input if input.is_unsigned() => DType::UInt64,
        input if input.is_float() => input.clone(),
        _ => DType::Int64,
    })
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    finished(column, sums(column, groups)?)
}

/// The sums in the dtype of the result; the column has the name and the dtype of the input.
pub(super) fn finished(column: &Column, sums: Sums) -> Result<Column> {
    let overflow = |dtype: DType| Error::Overflow {
        operation: "sum".into(),
        what: column.name().to_owned(),
        dtype,
    };
    match sums {
        Sums::Integers(sums) if column.dtype().is_unsigned() => {
            let sums: Option<Vec<u64>> = sums.into_iter().map(|sum| sum.try_into().ok()).collect();
            named(column, UInt64Array::from(sums.ok_or_else(|| overflow(DType::UInt64))?))
        }
        Sums::Integers(sums) => {
            let sums: Option<Vec<i64>> = sums.into_iter().map(|sum| sum.try_into().ok()).collect();
            if *column.dtype() == DType::Duration {
                let sums = sums.ok_or_else(|| overflow(DType::Duration))?;
                return named(column, DurationMicrosecondArray::from(sums));
            }
            named(column, Int64Array::from(sums.ok_or_else(|| overflow(DType::Int64))?))
        }
        Sums::Floats(sums) if *column.dtype() == DType::Float32 => {
            named(column, Float32Array::from_iter_values(sums.into_iter().map(|sum| sum as f32)))
        }
        Sums::Floats(sums) => named(column, Float64Array::from(sums)),
    }
}
