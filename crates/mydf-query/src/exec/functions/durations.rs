//! Arithmetic of dates, datetimes and durations: on their microseconds, checked.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, DurationMicrosecondType, Float64Type, Int64Type, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::NullBuffer;

use mydf_core::temporal::DAY;
use mydf_core::{DType, Error, Result};

use super::super::values::{Typed, Values, shape, union_nulls};
use super::arith::{in_range, integers};
use crate::expr::{BinaryOp, Expr};

/// Computes an operator that has a date, datetime or duration, in the dtype of the result, see
/// [`crate::plan`]. No operand has dtype Null.
pub(super) fn arithmetic(
    op: BinaryOp,
    left: Typed,
    right: Typed,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let is_time = |value: &Typed| value.dtype.is_temporal() || value.dtype == DType::Duration;
    match (op, dtype) {
        // The duration is the operand on the left, and the date on the right.
        (BinaryOp::Add, DType::Date) if right.dtype == DType::Date => {
            moved_date(op, &right, &left, expr)
        }
        (_, DType::Date) => moved_date(op, &left, &right, expr),
        (BinaryOp::Div, DType::Float64) => ratio(&left, &right, expr),
        _ if is_time(&left) && is_time(&right) => {
            let (left, right) = (common(left, &right, expr)?, right);
            let (left, right) = (micros(&left), micros(&common(right, &left, expr)?));
            finished(integers::<Int64Type>(op, op.word(), &left, &right, expr), dtype)
        }
        (BinaryOp::Mul, _) if is_time(&right) => scaled(op, &right, left, expr),
        _ => scaled(op, &left, right, expr),
    }
}

/// A date as the midnight at its start, next to a datetime.
fn common(value: Typed, other: &Typed, expr: &Expr) -> Result<Typed> {
    match (&value.dtype, &other.dtype) {
        (DType::Date, zoned @ DType::Datetime(_)) => value.cast(zoned, expr),
        (DType::Date, _) => value.cast(&DType::Datetime(None), expr),
        _ => Ok(value),
    }
}

/// Datetimes and durations as integers, without a copy.
fn micros(value: &Typed) -> Typed {
    let array: ArrayRef = match &value.dtype {
        DType::Datetime(_) => {
            Arc::new(value.primitive::<TimestampMicrosecondType>().reinterpret_cast::<Int64Type>())
        }
        DType::Duration => {
            Arc::new(value.primitive::<DurationMicrosecondType>().reinterpret_cast::<Int64Type>())
        }
        _ => return value.clone(),
    };
    Typed::new(array, DType::Int64, value.unit)
}

/// Integers as the dtype of the result.
fn finished(result: Result<Typed>, dtype: &DType) -> Result<Typed> {
    let value = result.map_err(|error| match error {
        Error::Overflow { operation, what, .. } => {
            Error::Overflow { operation, what, dtype: dtype.clone() }
        }
        other => other,
    })?;
    let integers = value.array.as_primitive::<Int64Type>();
    let array: ArrayRef = match dtype {
        DType::Duration => Arc::new(integers.reinterpret_cast::<DurationMicrosecondType>()),
        DType::Datetime(zone) => {
            let instants = integers.reinterpret_cast::<TimestampMicrosecondType>();
            Arc::new(instants.with_timezone_opt(zone.clone()))
        }
        _ => return Ok(value),
    };
    Ok(Typed::new(array, dtype.clone(), value.unit))
}

/// A date moved by whole days. A part of a day would be lost, so it is an error.
fn moved_date(op: BinaryOp, date: &Typed, duration: &Typed, expr: &Expr) -> Result<Typed> {
    let (length, unit) = shape(&[date, duration]);
    let nulls = union_nulls(date, duration, length);
    let days = Values::of::<Date32Type>(date);
    let durations = Values::of::<DurationMicrosecondType>(duration);
    let mut moved = Vec::with_capacity(length);
    for row in 0..length {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            moved.push(0);
            continue;
        }
        let by = at(durations, row);
        if by % DAY != 0 {
            return Err(Error::Moment {
                operation: op.word(),
                what: expr.label(),
                value: mydf_core::cast::text_of(
                    &duration.array,
                    &DType::Duration,
                    if duration.unit { 0 } else { row },
                ),
                row,
                fact: "is no whole number of days, which a date moves by".to_owned(),
                hint: "make datetimes of the dates first, with `.cast(mydf.Datetime)`",
            });
        }
        let by = if op == BinaryOp::Sub { -(by / DAY) } else { by / DAY };
        let day = i32::try_from(i64::from(at(days, row)) + by);
        moved.push(day.map_err(|_| overflow(op, expr, DType::Date))?);
    }
    let array = PrimitiveArray::<Date32Type>::new(moved.into(), nulls);
    Ok(Typed::new(Arc::new(array), DType::Date, unit))
}

fn at<T: Copy>(values: Values<'_, T>, row: usize) -> T {
    match values {
        Values::All(values) => values[row],
        Values::One(value) => value,
    }
}

fn overflow(op: BinaryOp, expr: &Expr, dtype: DType) -> Error {
    Error::Overflow { operation: op.word().to_owned(), what: expr.label(), dtype }
}

/// The quotient of two durations.
fn ratio(left: &Typed, right: &Typed, expr: &Expr) -> Result<Typed> {
    let float = |value: &Typed| micros(value).cast(&DType::Float64, expr);
    let (left, right) = (float(left)?, float(right)?);
    let (length, unit) = shape(&[&left, &right]);
    let nulls = union_nulls(&left, &right, length);
    let (l, r) = (Values::of::<Float64Type>(&left), Values::of::<Float64Type>(&right));
    let values: Vec<f64> = (0..length).map(|row| at(l, row) / at(r, row)).collect();
    let array = PrimitiveArray::<Float64Type>::new(values.into(), nulls);
    Ok(Typed::new(Arc::new(array), DType::Float64, unit))
}

/// A duration times, or divided by, a number. The result is rounded to microseconds, halves to the
/// even one as in Python; a division by zero gives null.
fn scaled(op: BinaryOp, duration: &Typed, number: Typed, expr: &Expr) -> Result<Typed> {
    let dtype = DType::Duration;
    let duration = micros(duration);
    if !number.dtype.is_float() {
        let number =
            in_range(number, &DType::Int64, op.word(), expr).map_err(|error| match error {
                Error::Overflow { operation, what, .. } => {
                    Error::Overflow { operation, what, dtype: dtype.clone() }
                }
                other => other,
            })?;
        if op != BinaryOp::Div {
            return finished(
                integers::<Int64Type>(op, op.word(), &duration, &number, expr),
                &dtype,
            );
        }
        let divide = |l: i64, r: i64| (r != 0).then(|| divided(l, r));
        return each::<Int64Type>(op, &duration, &number, divide, expr);
    }
    let number = number.cast(&DType::Float64, expr)?;
    each::<Float64Type>(
        op,
        &duration,
        &number,
        |duration, number| {
            let exact = duration as f64;
            if op == BinaryOp::Div && number == 0.0 {
                return None;
            }
            let result = if op == BinaryOp::Div { exact / number } else { exact * number };
            let rounded = result.round_ties_even();
            // A float outside the range, or NaN, becomes an integer that is outside too.
            let in_range = (-TWO_63..TWO_63).contains(&rounded);
            Some(if in_range { rounded as i128 } else { i128::MAX })
        },
        expr,
    )
}

const TWO_63: f64 = 9_223_372_036_854_775_808.0;

/// The quotient, rounded to the nearest integer and from the middle to the even one.
fn divided(left: i64, right: i64) -> i128 {
    let (left, right) = (i128::from(left), i128::from(right));
    let (quotient, rest) = (left.div_euclid(right), left.rem_euclid(right));
    // The quotient rounds so that the rest is not negative: down, or up if the divisor is negative.
    let away = if right < 0 { -1 } else { 1 };
    match (2 * rest).cmp(&right.abs()) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal if quotient % 2 == 0 => quotient,
        _ => quotient + away,
    }
}

/// The result for each row; null where there is none.
fn each<T: arrow_array::ArrowPrimitiveType>(
    op: BinaryOp,
    duration: &Typed,
    number: &Typed,
    result: impl Fn(i64, T::Native) -> Option<i128>,
    expr: &Expr,
) -> Result<Typed> {
    let (length, unit) = shape(&[duration, number]);
    let nulls = union_nulls(duration, number, length);
    let (l, r) = (Values::of::<Int64Type>(duration), Values::of::<T>(number));
    let is_null = |nulls: &Option<NullBuffer>, row| nulls.as_ref().is_some_and(|n| n.is_null(row));
    let mut out = Vec::with_capacity(length);
    for row in 0..length {
        let value = if is_null(&nulls, row) { None } else { result(at(l, row), at(r, row)) };
        let value = value.map(i64::try_from).transpose();
        out.push(value.map_err(|_| overflow(op, expr, DType::Duration))?);
    }
    let array = PrimitiveArray::<DurationMicrosecondType>::from(out);
    Ok(Typed::new(Arc::new(array), DType::Duration, unit))
}

/// A duration with its sign changed, or its distance from zero; only the smallest has none.
pub(super) fn signed(value: &Typed, absolute: bool, word: &str, expr: &Expr) -> Result<Typed> {
    let durations = value.primitive::<DurationMicrosecondType>();
    let sign = |value: i64| if absolute { value.checked_abs() } else { value.checked_neg() };
    let array: PrimitiveArray<DurationMicrosecondType> = durations.unary_opt(sign);
    if array.null_count() > durations.null_count() {
        return Err(Error::Overflow {
            operation: word.to_owned(),
            what: expr.label(),
            dtype: DType::Duration,
        });
    }
    Ok(Typed::new(Arc::new(array), DType::Duration, value.unit))
}

#[cfg(test)]
mod tests {
    use super::divided;

    #[test]
    fn quotients_round_to_the_nearest_and_halves_to_the_even_one() {
        for (left, right, expected) in [
            (7, 2, 4),
            (5, 2, 2),
            (-5, 2, -2),
            (-7, 2, -4),
            (5, -2, -2),
            (7, -2, -4),
            (-7, -2, 4),
            (8, 3, 3),
            (-8, 3, -3),
            (8, -3, -3),
            (i64::MIN, -1, 1 << 63),
        ] {
            assert_eq!(divided(left, right), expected, "{left} / {right}");
        }
    }
}
