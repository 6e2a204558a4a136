//! Booleans, nulls, and choices between two values.

use std::sync::Arc;

use arrow_arith::boolean;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, BooleanArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_select::zip::zip;

use mydf_core::{DType, Result};

use super::super::values::{Operand, Typed, arrow_error, repeated, shape};
use super::arith;
use crate::expr::{BinaryOp, Expr, UnaryOp};

/// Computes `& | ^` of two Bool operands.
pub(in crate::exec) fn connective(op: BinaryOp, left: Typed, right: Typed) -> Result<Typed> {
    let (left, right) = (truth(left), truth(right));
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
        UnaryOp::Neg => return arith::negate(value, dtype, expr),
        UnaryOp::Abs => return arith::absolute(value, expr),
        UnaryOp::Not => {
            boolean::not(truth(value).array.as_boolean()).map_err(arrow_error(op.word()))?
        }
        UnaryOp::IsNull => BooleanArray::new(!&not_null(&value), None),
        UnaryOp::IsNotNull => BooleanArray::new(not_null(&value), None),
        UnaryOp::IsNan => match value.dtype {
            DType::Float32 => {
                BooleanArray::from_unary(value.primitive::<Float32Type>(), f32::is_nan)
            }
            DType::Float64 => {
                BooleanArray::from_unary(value.primitive::<Float64Type>(), f64::is_nan)
            }
            _ => {
                let never = BooleanBuffer::new_unset(value.array.len());
                BooleanArray::new(never, value.array.logical_nulls())
            }
        },
    };
    Ok(Typed::new(Arc::new(array), DType::Bool, unit))
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
    let (input, value) = (input.cast(dtype, expr)?, value.cast(dtype, expr)?);
    if input.array.logical_null_count() == 0 && (!input.unit || value.unit) {
        return Ok(input);
    }
    let (length, unit) = shape(&[&input, &value]);
    let valid = BooleanArray::new(not_null(&input), None);
    let valid = repeated(Arc::new(valid), input.unit, length)?;
    choose(valid.as_boolean(), &input, &value, unit)
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
    let (then, otherwise) = (then.cast(dtype, expr)?, otherwise.cast(dtype, expr)?);
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
