//! The set of `is_in`, as keys for the lookup of a value.

use std::hash::Hash;

use foldhash::{HashSet, HashSetExt};
use mydf_core::temporal::{DAY, Zone};
use mydf_core::{DType, Error, Result};

use super::literal::{exact, moment};
use super::rules::wrong_dtype;
use crate::expr::{Expr, Scalar};

/// The set of `is_in` for values of one dtype.
#[derive(Debug)]
pub(crate) struct Members<'e> {
    pub(crate) keys: Keys<'e>,
    /// True if a member is null: it may equal any value, so no value is known to equal none.
    pub(crate) null: bool,
}

/// The members that are not null and that a value may equal, by the rules of `==`.
#[derive(Debug)]
pub(crate) enum Keys<'e> {
    /// No keys: all values are null.
    Nulls,
    Bools(HashSet<bool>),
    Texts(HashSet<&'e str>),
    Integers(HashSet<i128>),
    /// See [`float_key`].
    Floats(HashSet<u64>),
    /// Microseconds since 1970 or of a duration. Wider than `i64`, for dates outside the range of datetimes.
    Moments(HashSet<i128>),
}

impl<'e> Members<'e> {
    /// The number of members.
    pub(crate) fn len(&self) -> usize {
        match &self.keys {
            Keys::Nulls => 0,
            Keys::Bools(set) => set.len(),
            Keys::Texts(set) => set.len(),
            Keys::Integers(set) | Keys::Moments(set) => set.len(),
            Keys::Floats(set) => set.len(),
        }
    }

    /// The set for values of this dtype; `expr` names it in errors.
    pub(super) fn of(set: &'e [Scalar], dtype: &DType, expr: &Expr) -> Result<Self> {
        let keys = match dtype {
            DType::Null => Keys::Nulls,
            DType::Bool => Keys::Bools(keys(set, |member| match member {
                Scalar::Bool(member) => Ok(Some(*member)),
                _ => Err(incomparable(member, dtype, expr)),
            })?),
            DType::String | DType::Categorical => Keys::Texts(keys(set, |member| match member {
                Scalar::String(member) => Ok(Some(&**member)),
                _ => Err(incomparable(member, dtype, expr)),
            })?),
            DType::Date | DType::Datetime(_) => Keys::Moments(moments(set, dtype, expr)?),
            DType::Duration => Keys::Moments(keys(set, |member| match member {
                Scalar::Duration(micros) => Ok(Some(i128::from(*micros))),
                _ => Err(incomparable(member, dtype, expr)),
            })?),
            DType::Time => Keys::Moments(keys(set, |member| match member {
                Scalar::Time(micros) => Ok(Some(i128::from(*micros))),
                _ => Err(incomparable(member, dtype, expr)),
            })?),
            DType::Binary | DType::Decimal(..) | DType::List(_) => {
                return Err(wrong_dtype("is_in", expr, "numbers, text, Bool or time", dtype));
            }
            dtype if dtype.is_float() => Keys::Floats(keys(set, |member| match member {
                Scalar::Float(member) => Ok(Some(float_key(nearest(*member, dtype)))),
                Scalar::Int(member) => Ok(exact(*member, dtype).map(float_key)),
                _ => Err(incomparable(member, dtype, expr)),
            })?),
            dtype => Keys::Integers(keys(set, |member| match member {
                Scalar::Int(member) => Ok(Some(*member)),
                Scalar::Float(member) => Ok(whole(*member)),
                _ => Err(incomparable(member, dtype, expr)),
            })?),
        };
        Ok(Members { keys, null: set.contains(&Scalar::Null) })
    }
}

fn incomparable(member: &Scalar, dtype: &DType, expr: &Expr) -> Error {
    Error::InvalidOption {
        what: "is_in",
        message: format!("{member} in {} can't be compared with {dtype}", expr.label()),
        hint: "pass values of the column's kind, or cast the column first",
    }
}

/// The members as keys. A member whose key is `None` equals no value of the dtype.
fn keys<'e, K: Hash + Eq>(
    set: &'e [Scalar],
    key: impl Fn(&'e Scalar) -> Result<Option<K>>,
) -> Result<HashSet<K>> {
    let mut keys = HashSet::new();
    for member in set.iter().filter(|member| **member != Scalar::Null) {
        keys.extend(key(member)?);
    }
    Ok(keys)
}

/// Dates and datetimes: members that are text, dates or datetimes, as microseconds.
fn moments(set: &[Scalar], dtype: &DType, expr: &Expr) -> Result<HashSet<i128>> {
    let zone = match dtype {
        DType::Datetime(zone) => Zone::new(zone.as_ref())?,
        _ => Zone::Naive,
    };
    let zoned = !matches!(zone, Zone::Naive);
    let micros = |member: &Scalar| match member {
        Scalar::Date(day) if !zoned => Some(i128::from(*day) * i128::from(DAY)),
        Scalar::Date(day) => zone.start_of_day(i64::from(*day)).map(i128::from),
        Scalar::Datetime(instant, _) => Some(i128::from(*instant)),
        _ => None,
    };
    keys(set, |member| match member {
        Scalar::String(text) => Ok(micros(&moment(text, dtype, expr)?)),
        Scalar::Date(_) => Ok(micros(member)),
        Scalar::Datetime(_, zone) if zone.is_some() == zoned => Ok(micros(member)),
        _ => Err(incomparable(member, dtype, expr)),
    })
}

/// The bits of a float, the same for all NaNs and for both zeros.
pub(crate) fn float_key(value: f64) -> u64 {
    if value.is_nan() {
        f64::NAN.to_bits()
    } else {
        // Adding zero turns -0.0 into 0.0 and changes nothing else.
        (value + 0.0).to_bits()
    }
}

/// A float literal as it compares with a column of this dtype.
fn nearest(value: f64, dtype: &DType) -> f64 {
    let narrow = value as f32;
    if *dtype == DType::Float32 && (narrow.is_finite() || !value.is_finite()) {
        f64::from(narrow)
    } else {
        value
    }
}

/// The integer with exactly this value.
fn whole(value: f64) -> Option<i128> {
    (value.fract() == 0.0).then_some(value as i128)
}
