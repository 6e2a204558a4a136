//! Which dtypes an operator accepts, and which dtype its result has. Nothing else decides this.

use mydf_core::temporal::Zone;
use mydf_core::{DType, Error, Result};

use crate::expr::{BinaryOp, DtOp, Expr, StrOp, UnaryOp};

/// The error for an operand whose dtype the operator does not accept.
pub(super) fn wrong_dtype(
    operation: impl Into<String>,
    expr: &Expr,
    expected: impl Into<String>,
    actual: &DType,
) -> Error {
    Error::DType {
        operation: operation.into(),
        what: expr.label(),
        expected: expected.into(),
        actual: actual.clone(),
    }
}

/// The dtype of the result of `+ - * / // % **`; see [`BinaryOp`].
pub(super) fn arithmetic(op: BinaryOp, left: &DType, right: &DType, expr: &Expr) -> Result<DType> {
    let is_time = |dtype: &DType| dtype.is_temporal() || *dtype == DType::Duration;
    if is_time(left) || is_time(right) {
        return time(op, left, right, expr);
    }
    let takes = |dtype: &DType| {
        dtype.is_numeric()
            || *dtype == DType::Null
            || (*dtype == DType::String && op == BinaryOp::Add)
    };
    for dtype in [left, right] {
        if !takes(dtype) {
            let expected = if op == BinaryOp::Add { "a number or text" } else { "a number" };
            return Err(wrong_dtype(op.word(), expr, expected, dtype));
        }
    }
    let common = left.common(right).ok_or_else(|| {
        wrong_dtype(op.word(), expr, format!("the kind of the other operand, {left}"), right)
    })?;
    Ok(match (op, common) {
        (BinaryOp::Div, common) if common.is_integer() => DType::Float64,
        (_, common) => common,
    })
}

/// The dtype of arithmetic with a date, a datetime or a duration. Null counts as a duration next to
/// a point in time, and as a number in a product.
fn time(op: BinaryOp, left: &DType, right: &DType, expr: &Expr) -> Result<DType> {
    use BinaryOp::{Add, Div, FloorDiv, Mod, Mul, Sub};
    use DType::{Date, Datetime, Duration, Null};
    let number = |dtype: &DType| dtype.is_numeric() || *dtype == Null;
    Ok(match (op, left, right) {
        (Sub, Datetime(one), Datetime(two)) if one.is_some() == two.is_some() => Duration,
        (Sub, Date | Null, Date | Datetime(_))
        | (Sub, Datetime(_), Date)
        | (Add | Sub | Mod, Duration | Null, Duration | Null) => Duration,
        (Add | Sub, point @ (Date | Datetime(_)), Duration | Null)
        | (Add, Duration | Null, point @ (Date | Datetime(_))) => point.clone(),
        (Div, Duration, Duration) => DType::Float64,
        (FloorDiv, Duration, Duration) => DType::Int64,
        (Mul | Div, Duration, factor) if number(factor) => Duration,
        (Mul, factor, Duration) if number(factor) => Duration,
        (FloorDiv, Duration, factor) if factor.is_integer() || *factor == Null => Duration,
        _ => {
            let (expected, wrong) = match (op, left, right) {
                (Sub, Datetime(None), _) => ("a Duration or a datetime without time zone", right),
                (Sub, Datetime(Some(_)), _) => ("a Duration or a datetime with a time zone", right),
                (Sub, Date, _) => ("a Duration, a date or a datetime", right),
                (Add, Date | Datetime(_), _) | (Add | Sub | Mod, Duration, _) => {
                    ("a Duration", right)
                }
                (Add, other, Date | Datetime(_) | Duration) | (Sub | Mod, other, Duration) => {
                    ("a Duration", other)
                }
                (Mul | Div | FloorDiv, Duration, _) => ("a number or a Duration", right),
                (Mul, other, Duration) => ("a number", other),
                (_, left, _) if left.is_temporal() => ("a number or a Duration", left),
                (_, _, right) => ("a number", right),
            };
            return Err(wrong_dtype(op.word(), expr, expected, wrong));
        }
    })
}

/// Checks the operands of `== != < <= > >=`; the result is Bool.
pub(super) fn comparison(op: BinaryOp, left: &DType, right: &DType, expr: &Expr) -> Result<()> {
    match (left, right) {
        (DType::Null, _) | (_, DType::Null) => Ok(()),
        (DType::List(_), _) => Err(wrong_dtype(op.word(), expr, "no lists", left)),
        (l, r) if l == r || (l.is_numeric() && r.is_numeric()) => Ok(()),
        (DType::Datetime(None), DType::Datetime(Some(_))) => {
            Err(wrong_dtype(op.word(), expr, "a datetime without time zone", right))
        }
        (DType::Datetime(Some(_)), DType::Datetime(None)) => {
            Err(wrong_dtype(op.word(), expr, "a datetime with a time zone", right))
        }
        (DType::Categorical, DType::String) | (DType::String, DType::Categorical) => Ok(()),
        (l, r) if l.is_temporal() && r.is_temporal() => Ok(()),
        (l, r) => Err(wrong_dtype(op.word(), expr, format!("comparable with {l}"), r)),
    }
}

/// The common dtype of two values that one column holds.
pub(super) fn unified(operation: &str, left: &DType, right: &DType, expr: &Expr) -> Result<DType> {
    left.common(right).ok_or_else(|| {
        wrong_dtype(operation, expr, format!("of a common dtype with {left}"), right)
    })
}

/// Checks a Bool operand; Null counts as Bool with only nulls.
pub(super) fn truth(operation: &str, dtype: &DType, expr: &Expr) -> Result<()> {
    match dtype {
        DType::Bool | DType::Null => Ok(()),
        other => Err(wrong_dtype(operation, expr, "Bool", other)),
    }
}

/// The dtype of the result of an operator of one operand.
pub(super) fn unary(op: UnaryOp, dtype: &DType, expr: &Expr) -> Result<DType> {
    let number = |dtype: &DType| dtype.is_numeric() || *dtype == DType::Null;
    match op {
        UnaryOp::Not => truth(op.word(), dtype, expr).map(|()| DType::Bool),
        UnaryOp::IsNull | UnaryOp::IsNotNull => Ok(DType::Bool),
        UnaryOp::IsNan | UnaryOp::IsNotNan | UnaryOp::IsFinite | UnaryOp::IsInfinite
            if number(dtype) =>
        {
            Ok(DType::Bool)
        }
        // Unsigned integers become the narrowest signed dtype that holds all their negatives.
        UnaryOp::Neg if dtype.is_unsigned() => {
            Ok(dtype.common(&DType::Int8).unwrap_or(DType::Int64))
        }
        UnaryOp::Neg | UnaryOp::Abs if number(dtype) || *dtype == DType::Duration => {
            Ok(dtype.clone())
        }
        _ => Err(wrong_dtype(op.word(), expr, "a number", dtype)),
    }
}

/// The dtype of the result of an operator on text; `input` names the operand in an error.
pub(super) fn text(op: &StrOp, dtype: &DType, input: &Expr) -> Result<DType> {
    if !matches!(dtype, DType::String | DType::Categorical | DType::Null) {
        return Err(wrong_dtype(format!("str.{}", op.name()), input, "String", dtype));
    }
    Ok(match op {
        StrOp::Contains { .. } | StrOp::StartsWith(_) | StrOp::EndsWith(_) => DType::Bool,
        StrOp::LenChars | StrOp::LenBytes => DType::Int64,
        StrOp::Lower | StrOp::Upper | StrOp::Strip => DType::String,
    })
}

/// The dtype of a part of a date or datetime, or of a duration as a number; `input` names the operand in an error.
pub(super) fn part(op: DtOp, dtype: &DType, input: &Expr) -> Result<DType> {
    let wrong = |expected| Err(wrong_dtype(format!("dt.{}", op.name()), input, expected, dtype));
    if op.is_total() {
        return match dtype {
            DType::Duration | DType::Null => Ok(DType::Int64),
            _ => wrong("Duration"),
        };
    }
    match dtype {
        DType::Date if op.is_time() => return wrong("Datetime"),
        DType::Null | DType::Date => {}
        DType::Time if op.is_time() => {}
        DType::Datetime(zone) => {
            Zone::new(zone.as_ref())?;
        }
        _ => return wrong("Date or Datetime"),
    }
    Ok(if op == DtOp::Date { DType::Date } else { DType::Int32 })
}
