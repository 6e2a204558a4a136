//! The keys of both sides in one dtype.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{ArrayRef, PrimitiveArray};

use super::super::plain_keys;
use crate::cast::{cast, cast_array};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::temporal::DAY;

/// The dtype in which two keys compare, if there is one.
fn common_dtype(left: &DType, right: &DType) -> Option<DType> {
    Some(match (left, right) {
        (l, r) if l == r => l.clone(),
        (DType::Null, other) | (other, DType::Null) => other.clone(),
        // A value that only UInt64 holds equals no signed integer, so Int64 works for every
        // mixture.
        (l, r) if l.is_unsigned() && r.is_unsigned() => DType::UInt64,
        (l, r) if l.is_integer() && r.is_integer() => DType::Int64,
        (l, r) if l.is_float() && r.is_float() => DType::Float64,
        // A float that is no whole number equals no integer.
        (l, r) if l.is_numeric() && r.is_numeric() => {
            if l.is_unsigned() || r.is_unsigned() {
                DType::UInt64
            } else {
                DType::Int64
            }
        }
        (DType::Date, DType::Datetime(None)) | (DType::Datetime(None), DType::Date) => {
            DType::Datetime(None)
        }
        (DType::Categorical, DType::String) | (DType::String, DType::Categorical) => DType::String,
        _ => return None,
    })
}

/// Both keys in the dtype in which they compare. A value that this dtype can't hold has no equal on
/// the other side and becomes null.
pub(super) fn comparable(left: &Column, right: &Column) -> Result<(Column, Column)> {
    let dtype = common_dtype(left.dtype(), right.dtype()).ok_or_else(|| Error::DType {
        operation: "join".into(),
        what: right.name().to_owned(),
        expected: format!("a dtype comparable with {} of `{}`", left.dtype(), left.name()),
        actual: right.dtype().clone(),
    })?;
    let (left, right) = (converted(left, &dtype)?, converted(right, &dtype)?);
    if let Some(mut plain) = plain_keys::keys(&[&left, &right], "join")?
        && let (Some(right), Some(left)) = (plain.pop(), plain.pop())
    {
        return Ok((left, right));
    }
    Ok((left, right))
}

fn converted(column: &Column, dtype: &DType) -> Result<Column> {
    if column.dtype() == dtype {
        return Ok(column.clone());
    }
    if *dtype == DType::Categorical || *column.dtype() == DType::Categorical {
        return cast(column, dtype, true);
    }
    if *column.dtype() == DType::Date {
        // Arrow's own conversion does not check for days outside the range of microseconds.
        let days = column.values().as_primitive::<Date32Type>();
        let moments: PrimitiveArray<TimestampMicrosecondType> =
            days.unary_opt(|day| i64::from(day).checked_mul(DAY));
        return Column::new(column.shared_name(), Arc::new(moments));
    }
    if column.dtype().is_float() && dtype.is_integer() {
        return Column::new(column.shared_name(), whole_numbers(column, dtype)?);
    }
    let values = arrow_cast::cast(column.values(), &dtype.to_arrow()).map_err(|source| {
        Error::Arrow { operation: format!("join on column `{}`", column.name()), source }
    })?;
    Column::new(column.shared_name(), values)
}

/// The floats that an integer of this dtype equals, as integers; the others are null.
fn whole_numbers(column: &Column, dtype: &DType) -> Result<ArrayRef> {
    let floats = cast_array(column.values(), column.dtype(), &DType::Float64, true, &|| {
        column.name().to_owned()
    })?;
    let floats = floats.as_primitive::<Float64Type>();
    let whole = |float: f64| {
        // Larger floats don't fit into any integer dtype, and a conversion would cut them.
        (float.fract() == 0.0 && float.abs() < 1e20).then_some(float as i128)
    };
    Ok(if *dtype == DType::UInt64 {
        let values = floats.unary_opt::<_, UInt64Type>(|float| whole(float)?.try_into().ok());
        Arc::new(values)
    } else {
        let values = floats.unary_opt::<_, Int64Type>(|float| whole(float)?.try_into().ok());
        Arc::new(values)
    })
}
