//! Literals in the dtype that they have alone or next to another operand.

use std::sync::Arc;

use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Date32Array, DurationMicrosecondArray,
    Float32Array, Float64Array, PrimitiveArray, StringViewArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, new_null_array,
};
use mydf_core::cast::parse_instant;
use mydf_core::temporal::{self, Zone};
use mydf_core::{DType, Error, Result};

use super::rules::wrong_dtype;
use crate::expr::{BinaryOp, Expr, Scalar};

/// A literal as one row in its dtype.
#[derive(Debug)]
pub(super) struct Literal {
    pub(super) dtype: DType,
    pub(super) array: ArrayRef,
}

/// A literal alone.
pub(super) fn alone(scalar: &Scalar, expr: &Expr) -> Result<Literal> {
    let dtype = match scalar {
        Scalar::Null => DType::Null,
        Scalar::Bool(_) => DType::Bool,
        Scalar::Int(value) if i64::try_from(*value).is_ok() => DType::Int64,
        Scalar::Int(_) => DType::UInt64,
        Scalar::Float(_) => DType::Float64,
        Scalar::String(_) => DType::String,
        Scalar::Date(_) => DType::Date,
        Scalar::Datetime(_, zone) => DType::Datetime(zone.clone()),
        Scalar::Duration(_) => DType::Duration,
        Scalar::Time(_) => DType::Time,
    };
    in_dtype(scalar, dtype).ok_or_else(|| too_wide(scalar, expr))
}

/// A literal next to another operand. An integer takes the operand's dtype if it fits, otherwise
/// the narrowest that holds it; a float stays `Float32` next to `Float32`; text next to a date or
/// datetime becomes one.
pub(super) fn next_to(scalar: &Scalar, other: &DType, expr: &Expr) -> Result<Literal> {
    match scalar {
        Scalar::Int(_) if other.is_float() => {
            in_dtype(scalar, other.clone()).ok_or_else(|| too_wide(scalar, expr))
        }
        Scalar::Int(_) if other.is_integer() => in_dtype(scalar, other.clone())
            .or_else(|| narrowest(scalar, other.is_signed()))
            .ok_or_else(|| too_wide(scalar, expr)),
        Scalar::Float(value) if *other == DType::Float32 && fits_f32(*value) => {
            in_dtype(scalar, DType::Float32).ok_or_else(|| too_wide(scalar, expr))
        }
        Scalar::String(text) if other.is_temporal() => alone(&moment(text, other, expr)?, expr),
        _ => alone(scalar, expr),
    }
}

/// A literal that one column holds together with the other operand. An integer that the operand's
/// float dtype can't hold keeps its own dtype, so that it is checked if a row takes it. Text next to
/// categories becomes one.
pub(super) fn chosen_next_to(scalar: &Scalar, other: &DType, expr: &Expr) -> Result<Literal> {
    match scalar {
        Scalar::Int(number) if other.is_float() && exact(*number, other).is_none() => {
            match exact(*number, &DType::Float64) {
                Some(float) => alone(&Scalar::Float(float), expr),
                None => alone(scalar, expr),
            }
        }
        Scalar::String(_) if *other == DType::Categorical => {
            in_dtype(scalar, DType::Categorical).ok_or_else(|| too_wide(scalar, expr))
        }
        _ => next_to(scalar, other, expr),
    }
}

/// The comparison of a float with an integer as a comparison with a float of that dtype.
pub(super) fn exactly(op: BinaryOp, number: i128, dtype: &DType) -> (BinaryOp, Scalar) {
    if let Some(float) = exact(number, dtype) {
        return (op, Scalar::Float(float));
    }
    // No float is equal. All floats up to `below` are less, and all others are greater, also NaN.
    let nearest = rounded(number, dtype);
    let below = match dtype {
        _ if nearest as i128 <= number && nearest < TWO_127 => nearest,
        DType::Float32 => f64::from((nearest as f32).next_down()),
        _ => nearest.next_down(),
    };
    match op {
        // Nothing is less than minus infinity, so this is false for every value.
        BinaryOp::Eq => (BinaryOp::Lt, Scalar::Float(f64::NEG_INFINITY)),
        BinaryOp::NotEq => (BinaryOp::GtEq, Scalar::Float(f64::NEG_INFINITY)),
        BinaryOp::Lt | BinaryOp::LtEq => (BinaryOp::LtEq, Scalar::Float(below)),
        _ => (BinaryOp::Gt, Scalar::Float(below)),
    }
}

/// 2 to the power of 127, which is above the range of `i128`.
const TWO_127: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;

/// The float of this dtype with exactly this value.
pub(super) fn exact(number: i128, dtype: &DType) -> Option<f64> {
    let float = rounded(number, dtype);
    // A conversion to an integer would turn 2¹²⁷ into the largest `i128`.
    (float < TWO_127 && float as i128 == number).then_some(float)
}

fn rounded(number: i128, dtype: &DType) -> f64 {
    if *dtype == DType::Float32 { f64::from(number as f32) } else { number as f64 }
}

/// A finite value that is infinite as `Float32` must not take that dtype.
fn fits_f32(value: f64) -> bool {
    !value.is_finite() || (value as f32).is_finite()
}

fn too_wide(scalar: &Scalar, expr: &Expr) -> Error {
    Error::Value {
        what: format!("integer literal in {}", expr.label()),
        message: format!("{scalar} needs more than 64 bits"),
    }
}

/// The narrowest integer dtype that holds a literal, with the requested signedness if there is one.
fn narrowest(scalar: &Scalar, signed: bool) -> Option<Literal> {
    let signed_first = [DType::Int8, DType::Int16, DType::Int32, DType::Int64, DType::UInt64];
    let unsigned_first = [DType::UInt8, DType::UInt16, DType::UInt32, DType::UInt64];
    let negative = matches!(scalar, Scalar::Int(value) if *value < 0);
    let candidates: &[DType] = if signed || negative { &signed_first } else { &unsigned_first };
    candidates.iter().find_map(|dtype| in_dtype(scalar, dtype.clone()))
}

/// Text as the date or datetime for a comparison. Text with a time of day becomes a datetime even
/// next to a date, so that nothing is lost.
pub(super) fn moment(text: &str, other: &DType, expr: &Expr) -> Result<Scalar> {
    let unreadable = |expected: &str| Error::InvalidOption {
        what: "text next to a date or datetime",
        message: format!("`{text}` in {} is not {expected}", expr.label()),
        hint: "write it that way, pass a `datetime.date` or `datetime.datetime`, or read the text \
               first with `lit(text).str.to_datetime(format)`",
    };
    let trimmed = text.trim();
    match other {
        DType::Date => {
            if let Some(day) = temporal::parse_date(trimmed) {
                return Ok(Scalar::Date(day));
            }
            let instant = parse_instant(trimmed, &Zone::Naive)
                .ok_or_else(|| unreadable("an ISO 8601 date, as in `2013-01-31`"))?;
            Ok(Scalar::Datetime(instant, None))
        }
        DType::Datetime(zone) => {
            let instant = parse_instant(trimmed, &Zone::new(zone.as_ref())?).ok_or_else(|| {
                unreadable(match zone {
                    None => "an ISO 8601 datetime without offset, as in `2013-01-31T05:00:00`",
                    Some(_) => "one moment of that zone in ISO 8601, as in `2013-01-31T05:00:00`",
                })
            })?;
            Ok(Scalar::Datetime(instant, zone.clone()))
        }
        _ => Err(wrong_dtype("comparison with text", expr, "Date or Datetime", other)),
    }
}

/// A literal as one row of exactly this dtype; `None` if it does not fit.
fn in_dtype(scalar: &Scalar, dtype: DType) -> Option<Literal> {
    fn int<T: ArrowPrimitiveType<Native: TryFrom<i128>>>(value: i128) -> Option<ArrayRef> {
        let value = T::Native::try_from(value).ok()?;
        Some(Arc::new(PrimitiveArray::<T>::from_value(value, 1)))
    }
    let array: ArrayRef = match (scalar, &dtype) {
        (Scalar::Null, _) => new_null_array(&dtype.to_arrow(), 1),
        (Scalar::Bool(value), DType::Bool) => Arc::new(BooleanArray::from(vec![*value])),
        (Scalar::Int(value), DType::Int8) => int::<Int8Type>(*value)?,
        (Scalar::Int(value), DType::Int16) => int::<Int16Type>(*value)?,
        (Scalar::Int(value), DType::Int32) => int::<Int32Type>(*value)?,
        (Scalar::Int(value), DType::Int64) => int::<Int64Type>(*value)?,
        (Scalar::Int(value), DType::UInt8) => int::<UInt8Type>(*value)?,
        (Scalar::Int(value), DType::UInt16) => int::<UInt16Type>(*value)?,
        (Scalar::Int(value), DType::UInt32) => int::<UInt32Type>(*value)?,
        (Scalar::Int(value), DType::UInt64) => int::<UInt64Type>(*value)?,
        (Scalar::Int(value), DType::Float32) => {
            Arc::new(Float32Array::from_value(*value as f32, 1))
        }
        (Scalar::Int(value), DType::Float64) => {
            Arc::new(Float64Array::from_value(*value as f64, 1))
        }
        (Scalar::Float(value), DType::Float32) => {
            Arc::new(Float32Array::from_value(*value as f32, 1))
        }
        (Scalar::Float(value), DType::Float64) => Arc::new(Float64Array::from_value(*value, 1)),
        (Scalar::String(value), DType::String) => {
            Arc::new(StringViewArray::from_iter_values([&**value]))
        }
        (Scalar::String(value), DType::Categorical) => {
            let text = StringViewArray::from_iter_values([&**value]);
            Arc::new(mydf_core::categories::encode(&text).ok()?)
        }
        (Scalar::Date(day), DType::Date) => Arc::new(Date32Array::from_value(*day, 1)),
        (Scalar::Duration(micros), DType::Duration) => {
            Arc::new(DurationMicrosecondArray::from_value(*micros, 1))
        }
        (Scalar::Time(micros), DType::Time) => {
            Arc::new(Time64MicrosecondArray::from_value(*micros, 1))
        }
        (Scalar::Datetime(instant, zone), DType::Datetime(wanted)) if zone == wanted => {
            let array = TimestampMicrosecondArray::from_value(*instant, 1);
            Arc::new(array.with_data_type(dtype.to_arrow()))
        }
        _ => return None,
    };
    Some(Literal { dtype, array })
}
