//! Means and variances of all rows so far, whose weights decay.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, Float64Array};
use arrow_buffer::NullBuffer;

use super::op::{Decaying, Weights};
use super::partition::Partition;
use crate::cast::cast;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;
use crate::idx::Idx;

/// The aggregation of the rows of each group up to each one. Null where the value is null.
pub(super) fn apply<I: Idx>(
    column: &Column,
    what: Decaying,
    weights: Weights,
    partition: &Partition<I>,
) -> Result<Column> {
    let values = cast(&partition.gather(column)?, &DType::Float64, true)?;
    let values = values.values().as_primitive::<Float64Type>();
    let step = |state: &mut State, place: usize| {
        let value = values.is_valid(place).then(|| values.value(place));
        state.next(value, weights);
        if value.is_none() || state.values < weights.least {
            return None;
        }
        match what {
            Decaying::Mean => Some(state.mean),
            Decaying::Var => state.variance(weights.bias),
            Decaying::Std => state.variance(weights.bias).map(f64::sqrt),
        }
    };
    let found: Vec<Option<f64>> = partition.accumulate(false, step)?;
    let nulls = found.iter().map(Option::is_some).collect::<NullBuffer>();
    let numbers = found.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>();
    let array = Float64Array::new(numbers.into(), Some(nulls).filter(|all| all.null_count() > 0));
    let found = Column::new(column.shared_name(), Arc::new(array))?;
    let dtype = if *column.dtype() == DType::Float32 { DType::Float32 } else { DType::Float64 };
    partition.spread(cast(&found, &dtype, true)?)
}

/// The weighted mean and variance so far. Those of pandas, whose formulas these are, and polars.
#[derive(Default)]
struct State {
    values: usize,
    mean: f64,
    variance: f64,
    /// The weight of all values so far, next to that of a new one.
    old: f64,
    /// The sum of the weights, and that of their squares.
    sum: f64,
    squares: f64,
}

impl State {
    fn next(&mut self, value: Option<f64>, weights: Weights) {
        let Some(value) = value else {
            if self.values > 0 && !weights.ignore_nulls {
                self.decay(weights.alpha());
            }
            return;
        };
        self.values += 1;
        if self.values == 1 {
            *self =
                State { values: 1, mean: value, variance: 0.0, old: 1.0, sum: 1.0, squares: 1.0 };
            // The variance of NaN and of an infinity is NaN.
            self.variance = if value.is_finite() { 0.0 } else { f64::NAN };
            return;
        }
        self.decay(weights.alpha());
        let new = if weights.adjust { 1.0 } else { weights.alpha() };
        let all = self.old + new;
        let mean = if self.mean - value == 0.0 {
            value
        } else {
            (self.old * self.mean + new * value) / all
        };
        let (moved, far) = (self.mean - mean, value - mean);
        self.variance = (self.old * (self.variance + moved * moved) + new * far * far) / all;
        self.mean = mean;
        self.sum += new;
        self.squares += new * new;
        self.old = all;
        if !weights.adjust {
            self.sum /= all;
            self.squares /= all * all;
            self.old = 1.0;
        }
    }

    fn decay(&mut self, alpha: f64) {
        let factor = 1.0 - alpha;
        self.old *= factor;
        self.sum *= factor;
        self.squares *= factor * factor;
    }

    /// `None` if a single value has all the weight.
    fn variance(&self, bias: bool) -> Option<f64> {
        if bias {
            return Some(self.variance);
        }
        let all = self.sum * self.sum;
        let rest = all - self.squares;
        (rest > 0.0).then(|| all / rest * self.variance)
    }
}
