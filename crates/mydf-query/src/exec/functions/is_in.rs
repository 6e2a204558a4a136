//! Membership in a set of literals.

use std::hash::Hash;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, DurationMicrosecondType, Float64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_array::{Array, BooleanArray};
use arrow_buffer::NullBuffer;
use foldhash::HashSet;
use mydf_core::temporal::DAY;
use mydf_core::{DType, Result};

use super::super::values::{Typed, by_category};
use crate::expr::Expr;
use crate::plan::{Keys, Members, float_key};

/// True if the value equals a member of the set. Null if the value is null, or if it equals none and
/// a member is null.
pub(in crate::exec) fn apply(value: &Typed, set: &Members<'_>, expr: &Expr) -> Result<Typed> {
    if value.dtype == DType::Categorical {
        return by_category(value, |texts| apply(&texts, set, expr));
    }
    let array = match &set.keys {
        Keys::Nulls => {
            return Ok(Typed::nulls(DType::Bool, value.array.len(), value.unit));
        }
        Keys::Bools(wanted) => {
            BooleanArray::from_unary(value.array.as_boolean(), |value| wanted.contains(&value))
        }
        Keys::Texts(wanted) => {
            BooleanArray::from_unary(value.array.as_string_view(), |text| wanted.contains(text))
        }
        Keys::Integers(wanted) => integers(value, wanted),
        Keys::Floats(wanted) => {
            let wide = value.clone().cast(&DType::Float64, expr)?;
            contained::<Float64Type, u64>(&wide, wanted, float_key)
        }
        Keys::Moments(wanted) if value.dtype == DType::Date => {
            contained::<Date32Type, i128>(value, wanted, |day| i128::from(day) * i128::from(DAY))
        }
        Keys::Moments(wanted) if value.dtype == DType::Time => {
            contained::<Time64MicrosecondType, i128>(value, wanted, i128::from)
        }
        Keys::Moments(wanted) if value.dtype == DType::Duration => {
            contained::<DurationMicrosecondType, i128>(value, wanted, i128::from)
        }
        Keys::Moments(wanted) => {
            contained::<TimestampMicrosecondType, i128>(value, wanted, i128::from)
        }
    };
    let array = if set.null { true_or_null(&array) } else { array };
    Ok(Typed::new(Arc::new(array), DType::Bool, value.unit))
}

/// True stays, and anything else becomes null.
fn true_or_null(array: &BooleanArray) -> BooleanArray {
    let known = match array.nulls() {
        Some(nulls) => array.values() & nulls.inner(),
        None => array.values().clone(),
    };
    BooleanArray::new(array.values().clone(), Some(NullBuffer::new(known)))
}

fn contained<T: ArrowPrimitiveType, K: Hash + Eq>(
    value: &Typed,
    wanted: &HashSet<K>,
    key: impl Fn(T::Native) -> K,
) -> BooleanArray {
    BooleanArray::from_unary(value.primitive::<T>(), |value| wanted.contains(&key(value)))
}

/// Integers of every width: the set in the column's own type, without the members outside its
/// range.
fn integers(value: &Typed, wanted: &HashSet<i128>) -> BooleanArray {
    fn of<T>(value: &Typed, wanted: &HashSet<i128>) -> BooleanArray
    where
        T: ArrowPrimitiveType<Native: TryFrom<i128> + Hash + Eq>,
    {
        let wanted = wanted.iter().filter_map(|member| T::Native::try_from(*member).ok()).collect();
        contained::<T, T::Native>(value, &wanted, |value| value)
    }
    use arrow_array::types as t;
    match value.dtype {
        DType::Int8 => of::<t::Int8Type>(value, wanted),
        DType::Int16 => of::<t::Int16Type>(value, wanted),
        DType::Int32 => of::<t::Int32Type>(value, wanted),
        DType::Int64 => of::<t::Int64Type>(value, wanted),
        DType::UInt8 => of::<t::UInt8Type>(value, wanted),
        DType::UInt16 => of::<t::UInt16Type>(value, wanted),
        DType::UInt32 => of::<t::UInt32Type>(value, wanted),
        _ => of::<t::UInt64Type>(value, wanted),
    }
}
