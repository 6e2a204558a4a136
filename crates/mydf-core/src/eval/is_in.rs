//! Membership in a set of literals.

use std::hash::Hash;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Date32Type, Float64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, BooleanArray};
use foldhash::{HashSet, HashSetExt};

use super::shown;
use super::value::{Typed, temporal_literal};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::expr::{Expr, Scalar};
use crate::temporal::{DAY, Zone};

/// True where the value equals a member of the set, by the rules of `==`. A null in the set equals
/// nothing.
pub(super) fn apply(value: &Typed, set: &[Scalar], expr: &Expr) -> Result<Typed> {
    let members = || set.iter().filter(|member| **member != Scalar::Null);
    let array: ArrayRef = Arc::new(match &value.dtype {
        DType::Null => return Ok(Typed::nulls(DType::Bool, value.array.len(), value.unit)),
        DType::Bool => {
            let wanted = wanted(members(), expr, &value.dtype, |member| match member {
                Scalar::Bool(member) => Ok(Some(*member)),
                other => Err(other),
            })?;
            BooleanArray::from_unary(value.array.as_boolean(), |value| wanted.contains(&value))
        }
        DType::String => {
            let wanted = wanted(members(), expr, &value.dtype, |member| match member {
                Scalar::String(member) => Ok(Some(&**member)),
                other => Err(other),
            })?;
            BooleanArray::from_unary(value.array.as_string_view(), |text| wanted.contains(text))
        }
        DType::Date | DType::Datetime(_) => moments(value, members(), expr)?,
        dtype if dtype.is_float() => {
            let wanted = wanted(members(), expr, dtype, |member| match member {
                Scalar::Float(member) => Ok(Some(bits(nearest(*member, dtype)))),
                Scalar::Int(member) => Ok(exact(*member).map(bits)),
                other => Err(other),
            })?;
            let wide = value.clone().cast(&DType::Float64, expr)?;
            contained::<Float64Type, u64>(&wide, &wanted, bits)
        }
        dtype => {
            let wanted = wanted(members(), expr, dtype, |member| match member {
                Scalar::Int(member) => Ok(Some(*member)),
                Scalar::Float(member) => Ok(whole(*member)),
                other => Err(other),
            })?;
            integers(value, &wanted)
        }
    });
    Ok(Typed::new(array, DType::Bool, value.unit))
}

/// The members as keys. A key of `None` is a member that no value of the dtype equals; an error
/// gives back the member that can't be compared with the dtype.
fn wanted<'a, K: Hash + Eq>(
    members: impl Iterator<Item = &'a Scalar>,
    expr: &Expr,
    dtype: &DType,
    key: impl Fn(&'a Scalar) -> Result<Option<K>, &'a Scalar>,
) -> Result<HashSet<K>> {
    let mut keys = HashSet::new();
    for member in members {
        let member = key(member).map_err(|member| Error::Value {
            what: format!("set in {}", expr.label()),
            message: format!("{} can't be compared with {dtype}", shown(member)),
        })?;
        keys.extend(member);
    }
    Ok(keys)
}

fn contained<T: ArrowPrimitiveType, K: Hash + Eq>(
    value: &Typed,
    wanted: &HashSet<K>,
    key: impl Fn(T::Native) -> K,
) -> BooleanArray {
    BooleanArray::from_unary(value.primitive::<T>(), |value| wanted.contains(&key(value)))
}

/// Integers of every width: the set in the column's own type, without the members outside it.
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

/// Dates and datetimes: members that are text, dates or datetimes, as microseconds.
fn moments<'a>(
    value: &Typed,
    members: impl Iterator<Item = &'a Scalar>,
    expr: &Expr,
) -> Result<BooleanArray> {
    let zone = match &value.dtype {
        DType::Datetime(zone) => Zone::new(zone.as_ref())?,
        _ => Zone::Naive,
    };
    let zoned = !matches!(zone, Zone::Naive);
    let mut wanted = HashSet::new();
    for member in members {
        let moment = match member {
            // Wider than `i64`, for dates that no datetime reaches.
            Scalar::Date(day) if !zoned => Some(i128::from(*day) * i128::from(DAY)),
            Scalar::Date(day) => zone.start_of_day(i64::from(*day)).map(i128::from),
            Scalar::Datetime(instant, zone) if zone.is_some() == zoned => {
                Some(i128::from(*instant))
            }
            Scalar::String(text) => {
                let literal = temporal_literal(text, &value.dtype, expr)?;
                let dtype = if value.dtype == DType::Date {
                    DType::Datetime(None)
                } else {
                    value.dtype.clone()
                };
                let literal = literal.cast(&dtype, expr)?;
                Some(i128::from(literal.primitive::<TimestampMicrosecondType>().value(0)))
            }
            other => {
                return Err(Error::Value {
                    what: format!("set in {}", expr.label()),
                    message: format!("{} can't be compared with {}", shown(other), value.dtype),
                });
            }
        };
        wanted.extend(moment);
    }
    Ok(match value.dtype {
        DType::Date => {
            contained::<Date32Type, i128>(value, &wanted, |day| i128::from(day) * i128::from(DAY))
        }
        _ => contained::<TimestampMicrosecondType, i128>(value, &wanted, i128::from),
    })
}

/// The bits of a float with one NaN and one zero.
fn bits(value: f64) -> u64 {
    if value.is_nan() {
        f64::NAN.to_bits()
    } else {
        // Adding zero turns -0.0 into 0.0 and leaves all else alone.
        (value + 0.0).to_bits()
    }
}

/// A float literal as it is beside a column of this dtype.
fn nearest(value: f64, dtype: &DType) -> f64 {
    let narrow = value as f32;
    if *dtype == DType::Float32 && (narrow.is_finite() || !value.is_finite()) {
        f64::from(narrow)
    } else {
        value
    }
}

/// The float of exactly this value.
fn exact(value: i128) -> Option<f64> {
    let float = value as f64;
    (float as i128 == value).then_some(float)
}

/// The integer of exactly this value.
fn whole(value: f64) -> Option<i128> {
    (value.fract() == 0.0).then_some(value as i128)
}
