//! Arithmetic by the kind of its operands: numbers and text, or dates, datetimes and durations.

use mydf_core::{DType, Result};

use super::super::values::Typed;
use super::{arith, durations};
use crate::expr::{BinaryOp, Expr, UnaryOp};

/// Computes `+ - * / // % **` of two operands in the dtype of the result; see [`BinaryOp`].
pub(in crate::exec) fn arithmetic(
    op: BinaryOp,
    left: Typed,
    right: Typed,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let is_null = |value: &Typed| value.dtype == DType::Null;
    let is_time = |value: &Typed| value.dtype.is_temporal() || value.dtype == DType::Duration;
    if !is_null(&left) && !is_null(&right) && (is_time(&left) || is_time(&right)) {
        durations::arithmetic(op, left, right, dtype, expr)
    } else {
        arith::arithmetic(op, left, right, dtype, expr)
    }
}

/// The value with its sign changed, in the dtype of the result.
pub(in crate::exec) fn negate(value: Typed, dtype: &DType, expr: &Expr) -> Result<Typed> {
    match value.dtype {
        DType::Duration => durations::signed(&value, false, UnaryOp::Neg.word(), expr),
        _ => arith::negate(value, dtype, expr),
    }
}

/// The distance from zero, in the same dtype.
pub(in crate::exec) fn absolute(value: Typed, expr: &Expr) -> Result<Typed> {
    match value.dtype {
        DType::Duration => durations::signed(&value, true, UnaryOp::Abs.word(), expr),
        _ => arith::absolute(value, expr),
    }
}
