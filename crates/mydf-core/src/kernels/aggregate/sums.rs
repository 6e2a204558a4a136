//! What sums, means and standard deviations share.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, Float64Array, PrimitiveArray, new_null_array};
use arrow_schema::DataType;

use super::super::bits::for_each_valid;
use super::assignment::{Assignment, counts};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// Exact sums of integers, or sums of floats that track their rounding errors.
pub(super) enum Sums {
    Integers(Vec<i128>),
    Floats(Vec<f64>),
}

/// True for the dtypes that have sums and means: numbers, Bool and Null.
pub(super) fn has_sum(dtype: &DType) -> bool {
    dtype.is_numeric() || matches!(dtype, DType::Bool | DType::Null)
}

/// The mean and the number of values in each group; the mean of no values has no meaning.
pub(super) fn means(column: &Column, groups: &impl Assignment) -> (Vec<f64>, Vec<i64>) {
    let counts = counts(column, groups);
    let divided = |(sum, count): (f64, &i64)| if *count > 0 { sum / *count as f64 } else { 0.0 };
    let means = match sums(column, groups) {
        Sums::Integers(sums) => {
            sums.into_iter().map(|s| s as f64).zip(&counts).map(divided).collect()
        }
        Sums::Floats(sums) => sums.into_iter().zip(&counts).map(divided).collect(),
    };
    (means, counts)
}

/// The sum of each group.
pub(super) fn sums(column: &Column, groups: &impl Assignment) -> Sums {
    let array = column.values();
    macro_rules! integers {
        ($type:ty) => {
            Sums::Integers(integer_sums(array.as_primitive::<$type>(), groups))
        };
    }
    match column.dtype() {
        DType::Int8 => integers!(Int8Type),
        DType::Int16 => integers!(Int16Type),
        DType::Int32 => integers!(Int32Type),
        DType::Int64 => integers!(Int64Type),
        DType::UInt8 => integers!(UInt8Type),
        DType::UInt16 => integers!(UInt16Type),
        DType::UInt32 => integers!(UInt32Type),
        DType::UInt64 => integers!(UInt64Type),
        DType::Float32 => Sums::Floats(float_sums(array.as_primitive::<Float32Type>(), groups)),
        DType::Float64 => Sums::Floats(float_sums(array.as_primitive::<Float64Type>(), groups)),
        DType::Bool => {
            let array = array.as_boolean();
            let mut sums = vec![0; groups.groups()];
            for_each_valid(array.len(), array.nulls(), |row| {
                sums[groups.group(row)] += i128::from(array.value(row));
            });
            Sums::Integers(sums)
        }
        _ => Sums::Integers(vec![0; groups.groups()]),
    }
}

/// Sums in 128 bits. No number of rows overflows them, so the order of the rows can't matter.
fn integer_sums<T: ArrowPrimitiveType<Native: Into<i128>>>(
    array: &PrimitiveArray<T>,
    groups: &impl Assignment,
) -> Vec<i128> {
    let values = array.values();
    let mut sums = vec![0; groups.groups()];
    for_each_valid(array.len(), array.nulls(), |row| {
        sums[groups.group(row)] += values[row].into();
    });
    sums
}

/// A sum and the rounding error of its additions (Neumaier's variant of Kahan's method).
#[derive(Clone, Copy, Default)]
struct Compensated {
    sum: f64,
    error: f64,
}

impl Compensated {
    #[inline]
    fn add(&mut self, value: f64) {
        let total = self.sum + value;
        self.error += if self.sum.abs() >= value.abs() {
            (self.sum - total) + value
        } else {
            (value - total) + self.sum
        };
        self.sum = total;
    }

    fn total(self) -> f64 {
        // With infinities, the error has no meaning.
        if self.sum.is_finite() { self.sum + self.error } else { self.sum }
    }
}

fn float_sums<T: ArrowPrimitiveType<Native: Into<f64>>>(
    array: &PrimitiveArray<T>,
    groups: &impl Assignment,
) -> Vec<f64> {
    let values = array.values();
    let mut sums = vec![Compensated::default(); groups.groups()];
    for_each_valid(array.len(), array.nulls(), |row| {
        sums[groups.group(row)].add(values[row].into());
    });
    sums.into_iter().map(Compensated::total).collect()
}

/// The values as Float64.
pub(super) fn floats(column: &Column, operation: &str) -> Result<Float64Array> {
    if *column.dtype() == DType::Null {
        let nulls = new_null_array(&DataType::Float64, column.len());
        return Ok(nulls.as_primitive::<Float64Type>().clone());
    }
    let values = arrow_cast::cast(column.values(), &DataType::Float64).map_err(|source| {
        Error::Arrow { operation: format!("{operation} of column `{}`", column.name()), source }
    })?;
    Ok(values.as_primitive::<Float64Type>().clone())
}
