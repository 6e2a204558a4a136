//! Booleans, nulls, and choices between two values.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int32Type, Int64Type, UInt64Type,
};
use arrow_array::{Array, BooleanArray, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_select::zip::zip;

use mydf_core::categories::{made, unified};
use mydf_core::{DType, Error, Result};

use super::super::values::{Operand, Typed, arrow_error, repeated, shape};
use super::operators;
use crate::expr::{BinaryOp, Expr, UnaryOp};

/// Computes `& | ^` of two Bool operands.
pub(in crate::exec) fn connective(op: BinaryOp, left: Typed, right: Typed) -> Result<Typed> {
    let (left, right) = (truth(left), truth(right));
    let (length, unit) = shape(&[&left, &right]);
    let left = repeated(left.array, left.unit, length)?;
    let right = repeated(right.array, right.unit, length)?;
    let (left, right) = (left.as_boolean(), right.as_boolean());
    let array = match op {
        BinaryOp::And => decided(left, right, false),
        BinaryOp::Or => decided(left, right, true),
        _ => BooleanArray::new(
            left.values() ^ right.values(),
            NullBuffer::union(left.nulls(), right.nulls()),
        ),
    };
    Ok(Typed::new(Arc::new(array), DType::Bool, unit))
}

/// The connective in which one operand with the value `decisive` decides: `or` for true, `and` for
/// false (Kleene's logic, as in SQL).
fn decided(left: &BooleanArray, right: &BooleanArray, decisive: bool) -> BooleanArray {
    let both = |left: &BooleanBuffer, right: &BooleanBuffer, any: bool| {
        if any { left | right } else { left & right }
    };
    if left.null_count() == 0 && right.null_count() == 0 {
        return BooleanArray::new(both(left.values(), right.values(), decisive), None);
    }
    let known = |array: &BooleanArray, value: bool| {
        let is_value = if value { array.values().clone() } else { !array.values() };
        match array.nulls() {
            Some(nulls) => &is_value & nulls.inner(),
            None => is_value,
        }
    };
    let is_true = both(&known(left, true), &known(right, true), decisive);
    let is_false = both(&known(left, false), &known(right, false), !decisive);
    BooleanArray::new(is_true.clone(), Some(NullBuffer::new(&is_true | &is_false)))
}

/// True if both Bool operands are; null if one is null, unlike `&`.
pub(in crate::exec) fn both(left: Typed, right: Typed) -> Result<Typed> {
    let (length, unit) = shape(&[&left, &right]);
    let left = repeated(left.array, left.unit, length)?;
    let right = repeated(right.array, right.unit, length)?;
    let (left, right) = (left.as_boolean(), right.as_boolean());
    let nulls = NullBuffer::union(left.nulls(), right.nulls());
    let array = BooleanArray::new(left.values() & right.values(), nulls);
    Ok(Typed::new(Arc::new(array), DType::Bool, unit))
}

/// A Bool operand; Null counts as Bool with only nulls.
pub(in crate::exec) fn truth(value: Typed) -> Typed {
    if value.dtype == DType::Null {
        return Typed::nulls(DType::Bool, value.array.len(), value.unit);
    }
    value
}

/// Applies an operator of one operand, in the dtype of its result.
pub(in crate::exec) fn unary(
    op: UnaryOp,
    value: Typed,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let unit = value.unit;
    let array = match op {
        UnaryOp::Neg => return operators::negate(value, dtype, expr),
        UnaryOp::Abs => return operators::absolute(value, expr),
        UnaryOp::Not => {
            let value = truth(value);
            let array = value.array.as_boolean();
            BooleanArray::new(!array.values(), array.nulls().cloned())
        }
        UnaryOp::IsNull => BooleanArray::new(!&not_null(&value), None),
        UnaryOp::IsNotNull => BooleanArray::new(not_null(&value), None),
        UnaryOp::IsNan => is_float(&value, f64::is_nan),
        UnaryOp::IsNotNan => is_float(&value, |value| !value.is_nan()),
        UnaryOp::IsFinite => is_float(&value, f64::is_finite),
        UnaryOp::IsInfinite => is_float(&value, f64::is_infinite),
    };
    Ok(Typed::new(Arc::new(array), DType::Bool, unit))
}

/// A question about a number; an integer has the answer of a finite float.
fn is_float(value: &Typed, holds: fn(f64) -> bool) -> BooleanArray {
    match value.dtype {
        DType::Float32 => BooleanArray::from_unary(value.primitive::<Float32Type>(), |value| {
            holds(f64::from(value))
        }),
        DType::Float64 => BooleanArray::from_unary(value.primitive::<Float64Type>(), holds),
        _ => {
            let rows = value.array.len();
            let always = holds(0.0);
            let bits =
                if always { BooleanBuffer::new_set(rows) } else { BooleanBuffer::new_unset(rows) };
            BooleanArray::new(bits, value.array.logical_nulls())
        }
    }
}

fn not_null(value: &Typed) -> BooleanBuffer {
    match value.array.logical_nulls() {
        Some(nulls) => nulls.into_inner(),
        None => BooleanBuffer::new_set(value.array.len()),
    }
}

/// The first value if it is not null, otherwise the second, in their common dtype.
pub(in crate::exec) fn fill_null(
    input: Typed,
    value: Typed,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let (length, unit) = shape(&[&input, &value]);
    let valid = BooleanArray::new(not_null(&input), None);
    let valid = repeated(Arc::new(valid), input.unit, length)?;
    let valid = valid.as_boolean();
    let input = chosen(input, dtype, valid.values(), expr)?;
    if input.array.logical_null_count() == 0 && (!input.unit || value.unit) {
        return Ok(input);
    }
    let value = chosen(value, dtype, &!valid.values(), expr)?;
    choose(valid, &input, &value, unit)
}

/// `then` if the condition is true, otherwise `otherwise`, in their common dtype.
pub(in crate::exec) fn when(
    condition: Typed,
    then: Typed,
    otherwise: Typed,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let condition = truth(condition);
    let (length, unit) = shape(&[&condition, &then, &otherwise]);
    let mask = repeated(condition.array, condition.unit, length)?;
    let mask = mask.as_boolean();
    let is_true = match mask.nulls() {
        Some(nulls) => mask.values() & nulls.inner(),
        None => mask.values().clone(),
    };
    let then = chosen(then, dtype, &is_true, expr)?;
    let otherwise = chosen(otherwise, dtype, &!&is_true, expr)?;
    choose(mask, &then, &otherwise, unit)
}

/// The value in the common dtype of several; an integer that the float dtype can't hold exactly is
/// an error.
pub(super) fn exactly(value: Typed, dtype: &DType, expr: &Expr) -> Result<Typed> {
    let all = BooleanBuffer::new_set(value.array.len());
    chosen(value, dtype, &all, expr)
}

/// The value in the common dtype of a choice. An integer among the rows that are used is an error if
/// the float dtype can't hold it exactly.
fn chosen(value: Typed, dtype: &DType, used: &BooleanBuffer, expr: &Expr) -> Result<Typed> {
    let inexact = match value.dtype {
        DType::Int64 if dtype.is_float() => {
            rounded(value.primitive::<Int64Type>(), value.unit, used, |int| int as f64 as i128)
        }
        DType::UInt64 if dtype.is_float() => {
            rounded(value.primitive::<UInt64Type>(), value.unit, used, |int| int as f64 as i128)
        }
        _ => None,
    };
    match inexact {
        None => value.cast(dtype, expr),
        Some((row, number)) => Err(Error::Cast {
            what: expr.label(),
            from: value.dtype,
            to: dtype.clone(),
            value: number.to_string(),
            row,
        }),
    }
}

/// The first used integer that a float rounds, and its row.
fn rounded<T: ArrowPrimitiveType<Native: Into<i128>>>(
    values: &PrimitiveArray<T>,
    unit: bool,
    used: &BooleanBuffer,
    through_float: impl Fn(T::Native) -> i128,
) -> Option<(usize, i128)> {
    let rounds = |value: T::Native| through_float(value) != value.into();
    if !values.values().iter().any(|value| rounds(*value)) {
        return None;
    }
    let place = |row: usize| if unit { 0 } else { row };
    used.set_indices()
        .find(|row| values.is_valid(place(*row)) && rounds(values.value(place(*row))))
        .map(|row| (row, values.value(place(row)).into()))
}

/// A choice between the codes of one list of categories.
fn choose_category(
    mask: &BooleanArray,
    then: &Typed,
    otherwise: &Typed,
    unit: bool,
) -> Result<Typed> {
    let arrays = [then, otherwise].map(|value| value.array.as_dictionary::<Int32Type>());
    let (categories, codes) = unified(&arrays)?;
    let code = |place: usize, value: &Typed| {
        Typed::new(Arc::new(codes[place].clone()), DType::Int32, value.unit)
    };
    let chosen = choose(mask, &code(0, then), &code(1, otherwise), unit)?;
    let made = made(chosen.primitive::<Int32Type>().clone(), categories)?;
    Ok(Typed::new(Arc::new(made), DType::Categorical, unit))
}

fn choose(mask: &BooleanArray, then: &Typed, otherwise: &Typed, unit: bool) -> Result<Typed> {
    if then.dtype == DType::Null {
        return Ok(Typed::nulls(DType::Null, mask.len(), unit));
    }
    if then.dtype == DType::Categorical {
        return choose_category(mask, then, otherwise, unit);
    }
    let array = zip(mask, &Operand(then, unit), &Operand(otherwise, unit));
    let array = array.map_err(arrow_error("choice between two values"))?;
    Ok(Typed::new(array, then.dtype.clone(), unit))
}
