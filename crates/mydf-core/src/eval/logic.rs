//! Truth values, nulls, and choices between two values.

use std::sync::Arc;

use arrow_arith::boolean;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, BooleanArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_select::zip::zip;

use super::value::{Operand, Typed, Value, pair, repeated, shape};
use super::{arith, arrow_error, wrong_dtype};
use crate::dtype::DType;
use crate::error::Result;
use crate::expr::{BinaryOp, Expr, Scalar, UnaryOp};

/// `& | ^` of two Bool operands.
pub(super) fn connective(op: BinaryOp, left: Value, right: Value, expr: &Expr) -> Result<Typed> {
    let left = bool_operand(left.into_typed(expr)?, op.word(), expr)?;
    let right = bool_operand(right.into_typed(expr)?, op.word(), expr)?;
    let (length, unit) = shape(&[&left, &right]);
    let left = repeated(left.array, left.unit, length)?;
    let right = repeated(right.array, right.unit, length)?;
    let (left, right) = (left.as_boolean(), right.as_boolean());
    let array = match op {
        BinaryOp::And => boolean::and_kleene(left, right),
        BinaryOp::Or => boolean::or_kleene(left, right),
        _ => Ok(BooleanArray::new(
            left.values() ^ right.values(),
            NullBuffer::union(left.nulls(), right.nulls()),
        )),
    }
    .map_err(arrow_error(op.word()))?;
    Ok(Typed::new(Arc::new(array), DType::Bool, unit))
}

/// The operand if it is Bool; Null is Bool without values.
pub(super) fn bool_operand(value: Typed, operation: &str, expr: &Expr) -> Result<Typed> {
    match value.dtype {
        DType::Bool => Ok(value),
        DType::Null => Ok(Typed::nulls(DType::Bool, value.array.len(), value.unit)),
        _ => Err(wrong_dtype(operation, expr, "Bool", &value.dtype)),
    }
}

/// An operator of one operand.
pub(super) fn unary(op: UnaryOp, input: Value, expr: &Expr) -> Result<Value> {
    if let (UnaryOp::Neg, Value::Literal(Scalar::Int(value))) = (op, &input)
        && let Some(negated) = value.checked_neg()
    {
        // Stays a literal, whose dtype adapts.
        return Ok(Value::Literal(Scalar::Int(negated)));
    }
    let value = input.into_typed(expr)?;
    let (dtype, unit) = (value.dtype.clone(), value.unit);
    let truth = |array: BooleanArray| Typed::new(Arc::new(array), DType::Bool, unit);
    Ok(Value::Array(match op {
        UnaryOp::Neg => arith::negate(value, expr)?,
        UnaryOp::Abs => arith::absolute(value, expr)?,
        UnaryOp::Not => {
            let value = bool_operand(value, "not", expr)?;
            truth(boolean::not(value.array.as_boolean()).map_err(arrow_error("not"))?)
        }
        UnaryOp::IsNull => truth(is_null(&value)),
        UnaryOp::IsNotNull => truth(BooleanArray::new(not_null(&value), None)),
        UnaryOp::IsNan => match dtype {
            DType::Float32 => {
                truth(BooleanArray::from_unary(value.primitive::<Float32Type>(), f32::is_nan))
            }
            DType::Float64 => {
                truth(BooleanArray::from_unary(value.primitive::<Float64Type>(), f64::is_nan))
            }
            dtype if dtype.is_integer() => {
                let never = BooleanBuffer::new_unset(value.array.len());
                truth(BooleanArray::new(never, value.array.nulls().cloned()))
            }
            DType::Null => Typed::nulls(DType::Bool, value.array.len(), unit),
            dtype => return Err(wrong_dtype("is_nan", expr, "a number", &dtype)),
        },
    }))
}

fn is_null(value: &Typed) -> BooleanArray {
    BooleanArray::new(!&not_null(value), None)
}

fn not_null(value: &Typed) -> BooleanBuffer {
    match value.array.logical_nulls() {
        Some(nulls) => nulls.into_inner(),
        None => BooleanBuffer::new_set(value.array.len()),
    }
}

/// The first where it is not null, else the second, in their common dtype.
pub(super) fn fill_null(input: Value, value: Value, expr: &Expr) -> Result<Typed> {
    let (input, value) = unified("fill_null", input, value, expr)?;
    if input.array.logical_null_count() == 0 && (!input.unit || value.unit) {
        return Ok(input);
    }
    let (length, unit) = shape(&[&input, &value]);
    let valid = BooleanArray::new(not_null(&input), None);
    let valid = repeated(Arc::new(valid), input.unit, length)?;
    choose(valid.as_boolean(), &input, &value, unit)
}

/// `then` where the condition is true, else `otherwise`, in their common dtype.
pub(super) fn when(condition: Typed, then: Value, otherwise: Value, expr: &Expr) -> Result<Typed> {
    let condition = bool_operand(condition, "when", expr)?;
    let (then, otherwise) = unified("when", then, otherwise, expr)?;
    let (length, unit) = shape(&[&condition, &then, &otherwise]);
    let mask = repeated(condition.array, condition.unit, length)?;
    choose(mask.as_boolean(), &then, &otherwise, unit)
}

fn choose(mask: &BooleanArray, then: &Typed, otherwise: &Typed, unit: bool) -> Result<Typed> {
    if then.dtype == DType::Null {
        return Ok(Typed::nulls(DType::Null, mask.len(), unit));
    }
    let array = zip(mask, &Operand(then, unit), &Operand(otherwise, unit));
    let array = array.map_err(arrow_error("choice between two values"))?;
    Ok(Typed::new(array, then.dtype.clone(), unit))
}

/// Both in their common dtype.
fn unified(operation: &str, left: Value, right: Value, expr: &Expr) -> Result<(Typed, Typed)> {
    let (left, right) = pair(left, right, expr)?;
    let dtype = left.dtype.common(&right.dtype).ok_or_else(|| {
        wrong_dtype(operation, expr, format!("of a common dtype with {}", left.dtype), &right.dtype)
    })?;
    Ok((left.cast(&dtype, expr)?, right.cast(&dtype, expr)?))
}
