//! Functions that make one value of several in a row.

use std::sync::Arc;

use arrow_array::types::Int64Type;
use arrow_array::{BooleanArray, PrimitiveArray};
use mydf_core::{DType, Result};

use super::super::values::Typed;
use super::{arith, compare, logic, operators};
use crate::expr::{BinaryOp, Expr, HorizontalOp, UnaryOp};

/// An aggregation of the values of each row.
pub(in crate::exec) fn apply(
    op: HorizontalOp,
    values: Vec<Typed>,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    match op {
        HorizontalOp::Sum => sum(values, dtype, expr),
        HorizontalOp::Mean => mean(values, expr),
        HorizontalOp::Min => extreme(values, dtype, expr, smaller),
        HorizontalOp::Max => extreme(values, dtype, expr, larger),
        HorizontalOp::Any => connected(BinaryOp::Or, values),
        HorizontalOp::All => connected(BinaryOp::And, values),
        HorizontalOp::Coalesce => {
            let none = Typed::nulls(dtype.clone(), 1, true);
            let mut values = values.into_iter();
            values.try_fold(none, |known, value| logic::fill_null(known, value, dtype, expr))
        }
    }
}

fn connected(op: BinaryOp, values: Vec<Typed>) -> Result<Typed> {
    let mut values = values.into_iter().map(logic::truth);
    let first = values.next().expect("resolution has checked that there is an operand");
    values.try_fold(first, |all, value| logic::connective(op, all, value))
}

/// The value between its bounds.
pub(in crate::exec) fn clip(values: Vec<Typed>, dtype: &DType, expr: &Expr) -> Result<Typed> {
    let mut values = values.into_iter().map(|value| logic::exactly(value, dtype, expr));
    let mut next = || values.next().expect("a value and two bounds");
    let (value, lower, upper) = (next()?, next()?, next()?);
    let below = compare::compare(BinaryOp::Lt, value.clone(), lower.clone(), expr)?;
    let value = logic::when(below, lower, value, dtype, expr)?;
    let above = compare::compare(BinaryOp::Gt, value.clone(), upper.clone(), expr)?;
    let above = and(above, is(UnaryOp::IsNotNan, &value, expr)?)?;
    logic::when(above, upper, value, dtype, expr)
}

/// The first value, or the second if the first is NaN.
pub(in crate::exec) fn fill_nan(values: Vec<Typed>, dtype: &DType, expr: &Expr) -> Result<Typed> {
    let mut values = values.into_iter();
    let (Some(value), Some(filler)) = (values.next(), values.next()) else {
        unreachable!("a value and a filler")
    };
    let nan = is(UnaryOp::IsNan, &value, expr)?;
    logic::when(nan, filler, value, dtype, expr)
}

fn sum(values: Vec<Typed>, dtype: &DType, expr: &Expr) -> Result<Typed> {
    let zero = number(0).cast(dtype, expr)?;
    values.into_iter().try_fold(zero.clone(), |all, value| {
        let value = arith::in_range(value, dtype, "sum_horizontal", expr)?;
        let value = logic::fill_null(value, zero.clone(), dtype, expr)?;
        operators::arithmetic(BinaryOp::Add, all, value, dtype, expr)
    })
}

fn mean(values: Vec<Typed>, expr: &Expr) -> Result<Typed> {
    let mut count = number(0);
    for value in &values {
        let one = is(UnaryOp::IsNotNull, value, expr)?.cast(&DType::Int64, expr)?;
        count = operators::arithmetic(BinaryOp::Add, count, one, &DType::Int64, expr)?;
    }
    let all = sum(values, &DType::Float64, expr)?;
    let some = compare::compare(BinaryOp::Gt, count.clone(), number(0), expr)?;
    let mean = operators::arithmetic(BinaryOp::Div, all, count, &DType::Float64, expr)?;
    let none = Typed::nulls(DType::Null, 1, true);
    logic::when(some, mean, none, &DType::Float64, expr)
}

/// The value of each row for which `better` prefers no other. Nulls are skipped.
fn extreme(
    values: Vec<Typed>,
    dtype: &DType,
    expr: &Expr,
    better: fn(&Typed, &Typed, &Expr) -> Result<Typed>,
) -> Result<Typed> {
    let mut best: Option<Typed> = None;
    for value in values {
        let value = logic::exactly(value, dtype, expr)?;
        best = Some(match best {
            None => value,
            Some(best) => {
                let missing = is(UnaryOp::IsNull, &best, expr)?;
                let other = logic::connective(BinaryOp::Or, better(&value, &best, expr)?, missing)?;
                let known = is(UnaryOp::IsNotNull, &value, expr)?;
                logic::when(and(known, other)?, value, best, dtype, expr)?
            }
        });
    }
    Ok(best.unwrap_or_else(|| Typed::nulls(dtype.clone(), 1, true)))
}

/// NaN is larger than every number, so it is never smaller.
fn smaller(value: &Typed, best: &Typed, expr: &Expr) -> Result<Typed> {
    compare::compare(BinaryOp::Lt, value.clone(), best.clone(), expr)
}

/// NaN counts only if there is nothing else.
fn larger(value: &Typed, best: &Typed, expr: &Expr) -> Result<Typed> {
    let larger = compare::compare(BinaryOp::Gt, value.clone(), best.clone(), expr)?;
    if !value.dtype.is_float() {
        return Ok(larger);
    }
    let larger = and(larger, is(UnaryOp::IsNotNan, value, expr)?)?;
    logic::connective(BinaryOp::Or, larger, is(UnaryOp::IsNan, best, expr)?)
}

fn is(op: UnaryOp, value: &Typed, expr: &Expr) -> Result<Typed> {
    if !value.dtype.is_numeric() && matches!(op, UnaryOp::IsNan | UnaryOp::IsNotNan) {
        let array = BooleanArray::from(vec![op == UnaryOp::IsNotNan]);
        return Ok(Typed::new(Arc::new(array), DType::Bool, true));
    }
    logic::unary(op, value.clone(), &DType::Bool, expr)
}

fn and(left: Typed, right: Typed) -> Result<Typed> {
    logic::connective(BinaryOp::And, left, right)
}

fn number(value: i64) -> Typed {
    let array = PrimitiveArray::<Int64Type>::from_value(value, 1);
    Typed::new(Arc::new(array), DType::Int64, true)
}
