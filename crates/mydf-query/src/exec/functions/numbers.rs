//! Functions of one number.
//!
//! Each one computes in Float64 through a pointer, so that there is one loop for all of them: a
//! function's own time is much longer than the call, except for `floor` and `ceil`.

use std::sync::Arc;

use arrow_array::types::{Float32Type, Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef};
use mydf_core::{DType, Result};

use super::super::values::Typed;
use super::only;
use crate::expr::{Expr, MathOp};

/// A function of one number, in the dtype of its result.
pub(in crate::exec) fn math(
    op: MathOp,
    values: Vec<Typed>,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let value = only(values);
    match op {
        MathOp::Sign if value.dtype.is_integer() => integer_sign(value, dtype, expr),
        MathOp::Floor | MathOp::Ceil if !value.dtype.is_float() => Ok(value),
        MathOp::Floor => floats(value, dtype, expr, &f64::floor),
        MathOp::Ceil => floats(value, dtype, expr, &f64::ceil),
        MathOp::Sign => floats(value, dtype, expr, &sign),
        MathOp::Sqrt => floats(value, dtype, expr, &f64::sqrt),
        MathOp::Exp => floats(value, dtype, expr, &f64::exp),
        MathOp::Log10 => floats(value, dtype, expr, &f64::log10),
        MathOp::Log1p => floats(value, dtype, expr, &f64::ln_1p),
    }
}

/// The logarithm to a base.
pub(in crate::exec) fn log(
    base: f64,
    values: Vec<Typed>,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    // These are more exact than a quotient of logarithms.
    let exact =
        [(std::f64::consts::E, f64::ln as fn(f64) -> f64), (2.0, f64::log2), (10.0, f64::log10)];
    let value = only(values);
    match exact.into_iter().find(|(known, _)| known.total_cmp(&base).is_eq()) {
        Some((_, log)) => floats(value, dtype, expr, &log),
        None => floats(value, dtype, expr, &|value| value.log(base)),
    }
}

/// Floats rounded to decimals; other numbers are whole.
pub(in crate::exec) fn round(values: Vec<Typed>, decimals: u32) -> Typed {
    let value = only(values);
    let array: ArrayRef = match value.dtype {
        DType::Float32 => {
            let rounded = |value: f32| {
                let wide = f64::from(value);
                nearest(wide, decimals, &|value| format!("{value:.*}", decimals as usize)) as f32
            };
            Arc::new(value.primitive::<Float32Type>().unary::<_, Float32Type>(rounded))
        }
        DType::Float64 => {
            let text = |value: f64| format!("{value:.*}", decimals as usize);
            let rounded = |value: f64| nearest(value, decimals, &text);
            Arc::new(value.primitive::<Float64Type>().unary::<_, Float64Type>(rounded))
        }
        _ => return value,
    };
    Typed::new(array, value.dtype, value.unit)
}

/// The powers of ten that a float holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
/// From here on, a float has no fraction.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The float next to the decimal number that is next to the value.
fn nearest(value: f64, decimals: u32, text: &dyn Fn(f64) -> String) -> f64 {
    if value.abs() >= WHOLE || !value.is_finite() {
        return value;
    }
    if decimals == 0 {
        return value.round_ties_even();
    }
    if let Some(power) = POWERS.get(decimals as usize) {
        let scaled = value * power;
        let whole = scaled.round_ties_even();
        // The product is off by less than this. If that can't move it across the middle of two
        // whole numbers, the quotient of two exact floats is the nearest one.
        let off = scaled.abs() * f64::EPSILON;
        if scaled.abs() < WHOLE && ((scaled - whole).abs() - 0.5).abs() > off {
            return (whole / power).copysign(value);
        }
    }
    // The standard library writes the exact value, rounded from the middle to the even digit.
    text(value).parse().unwrap_or(value)
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        value
    }
}

fn integer_sign(value: Typed, dtype: &DType, expr: &Expr) -> Result<Typed> {
    let unit = value.unit;
    let sign: ArrayRef = if dtype.is_unsigned() {
        let wide = value.cast(&DType::UInt64, expr)?;
        Arc::new(wide.primitive::<UInt64Type>().unary::<_, UInt64Type>(|value| value.min(1)))
    } else {
        let wide = value.cast(&DType::Int64, expr)?;
        Arc::new(wide.primitive::<Int64Type>().unary::<_, Int64Type>(i64::signum))
    };
    let wide = if dtype.is_unsigned() { DType::UInt64 } else { DType::Int64 };
    Typed::new(sign, wide, unit).cast(dtype, expr)
}

/// Applies a function to each number as a float.
fn floats(value: Typed, dtype: &DType, expr: &Expr, f: &dyn Fn(f64) -> f64) -> Result<Typed> {
    if value.dtype == DType::Null {
        return Ok(Typed::nulls(dtype.clone(), value.array.len(), value.unit));
    }
    if value.dtype == DType::Float32 {
        let narrow = |value: f32| f(f64::from(value)) as f32;
        let array = value.primitive::<Float32Type>().unary::<_, Float32Type>(narrow);
        return Ok(Typed::new(Arc::new(array), DType::Float32, value.unit));
    }
    let wide = value.cast(&DType::Float64, expr)?;
    let array = wide.primitive::<Float64Type>().unary::<_, Float64Type>(f);
    Ok(Typed::new(Arc::new(array), DType::Float64, wide.unit))
}
