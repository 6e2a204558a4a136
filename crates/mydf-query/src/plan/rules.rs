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

/// Checks the operands of `== != < <= > >=`; the result is Bool.
pub(super) fn comparison(op: BinaryOp, left: &DType, right: &DType, expr: &Expr) -> Result<()> {
    match (left, right) {
        (DType::Null, _) | (_, DType::Null) => Ok(()),
        (l, r) if l == r || (l.is_numeric() && r.is_numeric()) => Ok(()),
        (DType::Datetime(None), DType::Datetime(Some(_))) => {
            Err(wrong_dtype(op.word(), expr, "a datetime without time zone", right))
        }
        (DType::Datetime(Some(_)), DType::Datetime(None)) => {
            Err(wrong_dtype(op.word(), expr, "a datetime with a time zone", right))
        }
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
        UnaryOp::Neg | UnaryOp::Abs if number(dtype) => Ok(dtype.clone()),
        _ => Err(wrong_dtype(op.word(), expr, "a number", dtype)),
    }
}

/// The dtype of the result of an operator on text; `input` names the operand in an error.
pub(super) fn text(op: &StrOp, dtype: &DType, input: &Expr) -> Result<DType> {
    if !matches!(dtype, DType::String | DType::Null) {
        return Err(wrong_dtype(format!("str.{}", op.name()), input, "String", dtype));
    }
    Ok(match op {
        StrOp::Contains { .. } | StrOp::StartsWith(_) | StrOp::EndsWith(_) => DType::Bool,
        StrOp::LenChars | StrOp::LenBytes => DType::Int64,
        StrOp::Lower | StrOp::Upper | StrOp::Strip => DType::String,
    })
}

/// The dtype of a part of a date or datetime; `input` names the operand in an error.
pub(super) fn part(op: DtOp, dtype: &DType, input: &Expr) -> Result<DType> {
    let wrong = |expected| Err(wrong_dtype(format!("dt.{}", op.name()), input, expected, dtype));
    match dtype {
        DType::Date if op.is_time() => return wrong("Datetime"),
        DType::Null | DType::Date => {}
        DType::Datetime(zone) => {
            Zone::new(zone.as_ref())?;
        }
        _ => return wrong("Date or Datetime"),
    }
    Ok(if op == DtOp::Date { DType::Date } else { DType::Int32 })
}
