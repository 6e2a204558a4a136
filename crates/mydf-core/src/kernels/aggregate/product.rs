//! The product of the values.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt64Type};
use arrow_array::{Array, Float32Array, Float64Array, Int64Array, UInt64Array};

use super::assignment::{Assignment, named};
use super::fold::fold;
use super::sum;
use super::sums::floats;
use crate::cast::cast;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};

pub(super) fn dtype(input: &DType) -> Option<DType> {
    // A product of durations is none.
    sum::dtype(input).filter(|dtype| *dtype != DType::Duration)
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    if column.dtype().is_float() {
        let values = floats(column, "product")?;
        let add =
            |all: &mut Float, row: usize, _: usize| all.multiply(Float::of(values.value(row)));
        let merge = |all: &mut Float, later: &Float| all.multiply(*later);
        let products = fold(groups, values.nulls(), add, merge)?;
        let products = products.into_iter().map(Float::value);
        return if *column.dtype() == DType::Float32 {
            named(column, Float32Array::from_iter_values(products.map(|value| value as f32)))
        } else {
            named(column, Float64Array::from_iter_values(products))
        };
    }
    let merge = |all: &mut Integer, later: &Integer| all.multiply(*later);
    let overflow = |dtype: &DType| Error::Overflow {
        operation: "product".into(),
        what: column.name().to_owned(),
        dtype: dtype.clone(),
    };
    if column.dtype().is_unsigned() {
        let wide = cast(column, &DType::UInt64, true)?;
        let values = wide.values().as_primitive::<UInt64Type>();
        let add =
            |all: &mut Integer, row: usize, _: usize| all.multiply(Integer::of(values.value(row)));
        let products = fold(groups, values.nulls(), add, merge)?;
        let fit: Option<Vec<u64>> = products.into_iter().map(Integer::fit).collect();
        return named(column, UInt64Array::from(fit.ok_or_else(|| overflow(wide.dtype()))?));
    }
    let wide = cast(column, &DType::Int64, true)?;
    let values = wide.values().as_primitive::<Int64Type>();
    let add =
        |all: &mut Integer, row: usize, _: usize| all.multiply(Integer::of(values.value(row)));
    let products = fold(groups, values.nulls(), add, merge)?;
    let fit: Option<Vec<i64>> = products.into_iter().map(Integer::fit).collect();
    named(column, Int64Array::from(fit.ok_or_else(|| overflow(wide.dtype()))?))
}

/// A product of integers; `None` if it left the range of 128 bits, which only a zero undoes. So the
/// order of the values doesn't matter.
#[derive(Clone, Copy)]
struct Integer(Option<i128>);

impl Default for Integer {
    fn default() -> Self {
        Integer(Some(1))
    }
}

impl Integer {
    fn of(value: impl Into<i128>) -> Self {
        Integer(Some(value.into()))
    }

    #[inline]
    fn multiply(&mut self, other: Integer) {
        self.0 = match (self.0, other.0) {
            (Some(0), _) | (_, Some(0)) => Some(0),
            (Some(left), Some(right)) => left.checked_mul(right),
            _ => None,
        };
    }

    fn fit<T: TryFrom<i128>>(self) -> Option<T> {
        self.0.and_then(|value| value.try_into().ok())
    }
}

/// A product of floats, `factor` times 2 to the power of `STEP` times `steps`: the product of some of
/// the values may leave the range of floats even if that of all doesn't.
#[derive(Clone, Copy)]
struct Float {
    factor: f64,
    steps: i64,
}

const STEP: i32 = 400;

impl Default for Float {
    fn default() -> Self {
        Float { factor: 1.0, steps: 0 }
    }
}

impl Float {
    fn of(value: f64) -> Self {
        Float { factor: value, steps: 0 }.scaled()
    }

    /// With a factor from 2 to the power of -400 to that of 400, so that two of them have a product.
    #[inline]
    fn scaled(mut self) -> Self {
        let (large, small) = (2.0_f64.powi(STEP), 2.0_f64.powi(-STEP));
        if !self.factor.is_finite() || self.factor == 0.0 {
            return self;
        }
        while self.factor.abs() > large {
            self.factor *= small;
            self.steps += 1;
        }
        while self.factor.abs() < small {
            self.factor *= large;
            self.steps -= 1;
        }
        self
    }

    #[inline]
    fn multiply(&mut self, other: Float) {
        let (factor, steps) = (self.factor * other.factor, self.steps + other.steps);
        *self = Float { factor, steps }.scaled();
    }

    fn value(self) -> f64 {
        let (large, small) = (2.0_f64.powi(STEP), 2.0_f64.powi(-STEP));
        let step = if self.steps > 0 { large } else { small };
        // The factor reaches infinity or zero in fewer steps than these.
        (0..self.steps.unsigned_abs().min(8)).fold(self.factor, |value, _| value * step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_floats_leave_no_range_on_the_way() {
        let product = |values: &[f64]| {
            let mut all = Float::default();
            for value in values {
                all.multiply(Float::of(*value));
            }
            all.value().to_bits()
        };
        assert_eq!(
            f64::from_bits(product(&[1e300, 1e300, 1e-300, 1e-300])).round().to_bits(),
            1_f64.to_bits()
        );
        assert_eq!(product(&[1e300, 1e300]), f64::INFINITY.to_bits());
        assert_eq!(product(&[1e-300, -1e-300]), (-0.0_f64).to_bits());
        assert_eq!(product(&[5e-324, 2.0]), 1e-323_f64.to_bits());
        assert_eq!(product(&[f64::MAX, 1.0]), f64::MAX.to_bits());
        assert!(f64::from_bits(product(&[f64::INFINITY, 0.0])).is_nan());
        assert_eq!(product(&[0.0, 1e300, 1e300]), 0);
    }

    #[test]
    fn a_zero_undoes_an_overflow() {
        let mut all = Integer::of(i64::MAX);
        for _ in 0..4 {
            all.multiply(Integer::of(i64::MAX));
        }
        assert_eq!(all.fit::<i64>(), None);
        all.multiply(Integer::of(0_i64));
        assert_eq!(all.fit(), Some(0_i64));
    }
}
