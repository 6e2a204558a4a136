//! Comparisons. Numbers compare by their exact values whatever their dtypes. For floats, NaN equals
//! NaN and is larger than every number, as in sorting and grouping.
//!
//! Bool and text use Arrow's kernels. Numbers have their own kernels, because Arrow orders floats
//! bit by bit: there -0.0 is less than 0.0, and one NaN differs from another.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::BooleanArray;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, UInt64Type};
use arrow_ord::cmp;

use mydf_core::{DType, Result, with_primitive};

use super::super::values::{Operand, Typed, Values, arrow_error, by_category, shape, union_nulls};
use super::masks::{self, Total};
use crate::expr::{BinaryOp, Expr};

/// Computes `== != < <= > >=` of two operands.
pub(in crate::exec) fn compare(
    op: BinaryOp,
    left: Typed,
    right: Typed,
    expr: &Expr,
) -> Result<Typed> {
    let (length, unit) = shape(&[&left, &right]);
    if left.dtype == DType::Null || right.dtype == DType::Null {
        return Ok(Typed::nulls(DType::Bool, length, unit));
    }
    if left.dtype == DType::Categorical || right.dtype == DType::Categorical {
        return categories(op, left, right, expr);
    }
    let array = match &left.dtype {
        DType::Bool | DType::String | DType::Binary | DType::Decimal(..) => {
            by_arrow(op, &left, &right, unit)?
        }
        dtype if dtype.is_temporal() => temporal(op, left, right, expr)?,
        _ => numbers(op, left, right, expr)?,
    };
    Ok(Typed::new(Arc::new(array), DType::Bool, unit))
}

/// Categories compare as their texts: with a literal, each category once.
fn categories(op: BinaryOp, left: Typed, right: Typed, expr: &Expr) -> Result<Typed> {
    let text = |value: Typed| value.cast(&DType::String, expr);
    match (left.unit, right.unit) {
        (false, true) => {
            let right = text(right)?;
            by_category(&left, |left| compare(op, left, right, expr))
        }
        (true, false) => {
            let left = text(left)?;
            by_category(&right, |right| compare(op, left, right, expr))
        }
        _ => compare(op, text(left)?, text(right)?, expr),
    }
}

fn by_arrow(op: BinaryOp, left: &Typed, right: &Typed, unit: bool) -> Result<BooleanArray> {
    let (left, right) = (&Operand(left, unit), &Operand(right, unit));
    match op {
        BinaryOp::Eq => cmp::eq(left, right),
        BinaryOp::NotEq => cmp::neq(left, right),
        BinaryOp::Lt => cmp::lt(left, right),
        BinaryOp::LtEq => cmp::lt_eq(left, right),
        BinaryOp::Gt => cmp::gt(left, right),
        _ => cmp::gt_eq(left, right),
    }
    .map_err(arrow_error("comparison"))
}

/// A date is the midnight at its start, in the other operand's zone if it has one.
fn temporal(op: BinaryOp, left: Typed, right: Typed, expr: &Expr) -> Result<BooleanArray> {
    let dtype = match (&left.dtype, &right.dtype) {
        (DType::Date, other) | (other, DType::Date) => other.clone(),
        // Two zones: the instants are compared, and the names don't matter.
        (left, _) => left.clone(),
    };
    let bring = |value: Typed| match &value.dtype {
        DType::Date => value.cast(&dtype, expr),
        _ => Ok(value),
    };
    let (left, right) = (bring(left)?, bring(right)?);
    Ok(match dtype {
        DType::Date => same::<arrow_array::types::Date32Type>(op, &left, &right),
        _ => same::<arrow_array::types::TimestampMicrosecondType>(op, &left, &right),
    })
}

fn numbers(op: BinaryOp, left: Typed, right: Typed, expr: &Expr) -> Result<BooleanArray> {
    let (l, r) = (&left.dtype, &right.dtype);
    if l == r {
        return Ok(with_primitive!(l, Kind => same::<Kind>(op, &left, &right), _ => unreachable!(
            "every numeric dtype is primitive"
        )));
    }
    let wide = |dtype: &DType| dtype.is_integer() && dtype.bits() == 64;
    if l.is_float() || r.is_float() {
        // `Float64` holds all integers of up to 32 bits.
        if !wide(l) && !wide(r) {
            let (left, right) =
                (left.cast(&DType::Float64, expr)?, right.cast(&DType::Float64, expr)?);
            return Ok(same::<Float64Type>(op, &left, &right));
        }
        return if r.is_float() {
            integer_and_float(op, &left, right, expr)
        } else {
            integer_and_float(op.mirrored(), &right, left, expr)
        };
    }
    if *l != DType::UInt64 && *r != DType::UInt64 {
        let (left, right) = (left.cast(&DType::Int64, expr)?, right.cast(&DType::Int64, expr)?);
        return Ok(same::<Int64Type>(op, &left, &right));
    }
    if l.is_unsigned() && r.is_unsigned() {
        let (left, right) = (left.cast(&DType::UInt64, expr)?, right.cast(&DType::UInt64, expr)?);
        return Ok(same::<UInt64Type>(op, &left, &right));
    }
    let (op, signed, unsigned) =
        if l.is_signed() { (op, left, right) } else { (op.mirrored(), right, left) };
    let signed = signed.cast(&DType::Int64, expr)?;
    Ok(mixed::<Int64Type, UInt64Type>(op, &signed, &unsigned, |s, u| {
        u64::try_from(s).map_or(Ordering::Less, |s| s.cmp(&u))
    }))
}

/// Compares 64-bit integers with floats. The integer is rounded to a float; if the two are then
/// equal, the float is a whole number and is compared as an integer.
fn integer_and_float(op: BinaryOp, int: &Typed, float: Typed, expr: &Expr) -> Result<BooleanArray> {
    let float = float.cast(&DType::Float64, expr)?;
    let order = |int: i128, float: f64| {
        (int as f64)
            .partial_cmp(&float)
            .map_or(Ordering::Less, |order| order.then_with(|| int.cmp(&(float as i128))))
    };
    Ok(if int.dtype == DType::UInt64 {
        mixed::<UInt64Type, Float64Type>(op, int, &float, |i, f| order(i128::from(i), f))
    } else {
        mixed::<Int64Type, Float64Type>(op, int, &float, |i, f| order(i128::from(i), f))
    })
}

/// Operands of one type.
fn same<T: ArrowPrimitiveType<Native: Total>>(
    op: BinaryOp,
    left: &Typed,
    right: &Typed,
) -> BooleanArray {
    let (length, _) = shape(&[left, right]);
    let (l, r) = (Values::of::<T>(left), Values::of::<T>(right));
    let bits = match op {
        BinaryOp::Eq => masks::equal(l, r, length, false),
        BinaryOp::NotEq => masks::equal(l, r, length, true),
        BinaryOp::Lt => masks::less(l, r, length, false),
        BinaryOp::LtEq => masks::less(r, l, length, true),
        BinaryOp::Gt => masks::less(r, l, length, false),
        _ => masks::less(l, r, length, true),
    };
    BooleanArray::new(bits, union_nulls(left, right, length))
}

/// Operands of two types, compared with a function that orders them.
fn mixed<L: ArrowPrimitiveType, R: ArrowPrimitiveType>(
    op: BinaryOp,
    left: &Typed,
    right: &Typed,
    order: impl Fn(L::Native, R::Native) -> Ordering,
) -> BooleanArray {
    let (length, _) = shape(&[left, right]);
    let (l, r) = (Values::of::<L>(left), Values::of::<R>(right));
    let bits = match op {
        BinaryOp::Eq => masks::bits(l, r, length, |l, r| order(l, r).is_eq()),
        BinaryOp::NotEq => masks::bits(l, r, length, |l, r| order(l, r).is_ne()),
        BinaryOp::Lt => masks::bits(l, r, length, |l, r| order(l, r).is_lt()),
        BinaryOp::LtEq => masks::bits(l, r, length, |l, r| order(l, r).is_le()),
        BinaryOp::Gt => masks::bits(l, r, length, |l, r| order(l, r).is_gt()),
        _ => masks::bits(l, r, length, |l, r| order(l, r).is_ge()),
    };
    BooleanArray::new(bits, union_nulls(left, right, length))
}
